"""A model that has learnt, whatever it is: how it answers, what it keeps, and what of it one decision goes through."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Answers = NDArray[np.float64]  # [rows, classes] probabilities, or [rows] values in the target's own unit


@dataclass(frozen=True)
class Trained:
    """One model after its training on some rows of one view."""

    answer: Callable[[Any], Answers]  # for rows of the view that it learnt from
    seconds: float  # of the training, on one thread
    stored: int = 0  # numbers kept
    reaching: int = 0  # of them, those that one decision goes through
    disk_bytes: int = 0
    memory_bytes: int | None = None
    note: str = ""
