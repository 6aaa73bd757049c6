"""Short trainings from one start, each with one thing changed: evidence of what holds a training back."""

from netwright.diagnosis.probes.probing import probe

__all__ = ["probe"]
