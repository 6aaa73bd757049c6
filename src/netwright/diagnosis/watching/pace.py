"""Which steps are watched: the first three, then as many as a sum of seconds and a share of the training's allow."""

import math
import statistics
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

FIRST = 3  # steps that are always watched
ALLOWANCE = 0.15  # seconds for watching, however short the training is
SHARE = 0.0125  # of the training's time, beyond that
GAP = 100  # longest stretch without a watched step while the seconds last
STRETCH = 16  # steps that are left alone before it is asked again whether to watch
GROWTH = 4  # until then one step in so many of those that went before is left out
FOLLOWED = 5  # steps watched after a loss that is not finite


@dataclass
class Pace:
    """When to watch."""

    every: int | Literal["auto"] = "auto"
    watched: int = 0
    next: int = 1
    followed: int = 0  # the last step that is watched whatever it costs
    began: float = field(default_factory=time.perf_counter)
    spent: float = 0.0  # seconds in which not the training but what looks on at it ran
    under_way: float = 0.0  # when the event began that is under way; 0 between events
    plain: deque[float] = field(default_factory=lambda: deque(maxlen=50))  # seconds of unwatched steps
    dear: deque[float] = field(default_factory=lambda: deque(maxlen=5))  # of what watching a step took beside it

    def due(self, step: int) -> bool:
        """Whether a step, counted from 1, is watched."""
        if step <= FIRST or step <= self.followed:
            return True
        if self.every != "auto":
            return step % self.every == 0
        return step >= self.next and self.spent + self._cost() <= ALLOWANCE + SHARE * (time.perf_counter() - self.began)

    def unwatched(self, seconds: float) -> None:
        """Take how long a step took that was not watched, or each of some steps."""
        self.plain.append(seconds)

    def rest(self, step: int) -> int:
        """Return for how many steps after this one, which is not watched either, nothing need be asked."""
        upcoming = self.next if self.every == "auto" else step + self.every - step % self.every
        return min(upcoming - step - 1, STRETCH) if upcoming > step + 1 else STRETCH

    def took(self, step: int, seconds: float) -> None:
        """Take what watching a step took beside the step itself, and choose the next to be watched."""
        self.dear.append(seconds)
        self.watched += 1
        self.next = step + self._gap(step)

    def since(self, spent: float) -> float:
        """Return what was spent since it came to so much, with what the event under way took so far."""
        return self.spent - spent + (time.perf_counter() - self.under_way if self.under_way else 0.0)

    @contextmanager
    def counting(self) -> Iterator[None]:
        """Count what is done inside as spent."""
        outermost = not self.under_way
        if outermost:
            self.under_way = time.perf_counter()
        try:
            yield
        finally:
            if outermost:
                self.spent += time.perf_counter() - self.under_way
                self.under_way = 0.0

    def follow(self, step: int) -> None:
        """Watch the next steps whatever they cost."""
        self.followed = step + FOLLOWED

    def _cost(self) -> float:
        return statistics.median(self.dear) if self.dear else 0.0

    def _gap(self, step: int) -> int:
        growing = min(max(step // GROWTH, 1), GAP)
        if len(self.plain) < FIRST:
            return growing
        affordable = math.ceil(self._cost() / (SHARE * max(statistics.median(self.plain), 1e-9)))
        return max(min(growing, affordable), 1)
