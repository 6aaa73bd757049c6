"""PyTorch trainings as people write them, as values and callables, for probes, treatments and planted faults."""

from netwright.diagnosis.programs.captured import program_of
from netwright.diagnosis.programs.program import Habits, Outcome, Program, Sample
from netwright.diagnosis.programs.running import train_program

__all__ = ["Habits", "Outcome", "Program", "Sample", "program_of", "train_program"]
