"""Before a long run, in seconds: what a few rows tell of a network, its loss and its optimizer.

Each file holds checks of one kind: functions from a `Subject` to a `Check`, or to nothing where they do not apply.
All of them work on copies: weights, running statistics, optimizer and torch's generators stay as they were.
"""

from netwright.diagnosis.preflight.checking import CHECKS, preflight, preflight_module
from netwright.diagnosis.preflight.subject import Subject

__all__ = ["CHECKS", "Subject", "preflight", "preflight_module"]
