"""Which steps are watched: the first three, then as many as a share of the training's time allows."""

import math
import statistics
from collections import deque
from dataclasses import dataclass, field
from typing import Literal

FIRST = 3  # steps that are always watched
SHARE = 0.03  # of the training's time, for watching
GAP = 100  # longest stretch without a watched step until ENOUGH were seen
ENOUGH = 20
FOLLOWED = 5  # steps watched after a loss that is not finite


@dataclass
class Pace:
    """When to watch."""

    every: int | Literal["auto"] = "auto"
    watched: int = 0
    next: int = 1
    followed: int = 0  # the last step that is watched whatever it costs
    plain: deque[float] = field(default_factory=lambda: deque(maxlen=50))  # seconds of unwatched steps
    dear: deque[float] = field(default_factory=lambda: deque(maxlen=5))  # of watched ones

    def due(self, step: int) -> bool:
        """Whether a step, counted from 1, is watched."""
        if step <= FIRST:
            return True
        if step <= self.followed:
            return True
        return step % self.every == 0 if self.every != "auto" else step >= self.next

    def took(self, step: int, seconds: float, watched: bool) -> None:
        """Take how long a step took, and choose the next to be watched."""
        (self.dear if watched else self.plain).append(seconds)
        if watched:
            self.watched += 1
        if watched or len(self.plain) == 3:
            self.next = step + self._gap()

    def follow(self, step: int) -> None:
        """Watch the next steps whatever they cost."""
        self.followed = step + FOLLOWED

    def _gap(self) -> int:
        if len(self.plain) < 3:
            return 4
        plain = statistics.median(self.plain)
        extra = max(min(self.dear) - plain, 0.0)
        gap = max(1, math.ceil(extra / (SHARE * max(plain, 1e-9))))
        return gap if self.watched >= ENOUGH else min(gap, GAP)
