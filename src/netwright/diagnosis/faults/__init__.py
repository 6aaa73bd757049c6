"""Faults planted into sound trainings, for tests, benchmarks and lessons. A file a family, a function a fault."""

from netwright.diagnosis.faults.fault import Fault
from netwright.diagnosis.faults.planting import FAULTS, plant, plant_in_recipe

__all__ = ["FAULTS", "Fault", "plant", "plant_in_recipe"]
