"""What a planted fault is: how it is planted, where it fits, and what the doctor should say."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from netwright.diagnosis.case import TaskKind
from netwright.diagnosis.programs.program import Program


@dataclass(frozen=True)
class Fault:
    """One fault that people make."""

    name: str  # its words, as "no zero_grad"
    causes: tuple[str, ...]  # codes of illnesses, each of which names the cause rightly
    settings: tuple[Any, ...]  # five ways or degrees
    plant: Callable[[Program, Any], Program]
    tasks: tuple[TaskKind, ...] = ("classes", "binary", "values")
    bases: tuple[str, ...] = ()  # names of sound programs that it fits; empty: all of its tasks
    symptoms: tuple[str, ...] = ()  # codes that show that something is wrong, though not the cause
    mild: bool = False  # a fault only where it hurts: its settings do less harm to some programs than to others

    def fits(self, program: Program) -> bool:
        return program.task in self.tasks and (not self.bases or program.name in self.bases)
