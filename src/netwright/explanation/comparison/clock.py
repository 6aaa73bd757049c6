"""How the time of a comparison is shared out, and who is told how far it is."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from netwright.core.interrupts import StopSignal

FOR_SHALLOW, FOR_TRAINING = 0.35, 0.85  # shares of the budget by which shallow models, and networks, are trained
FOR_BOOSTED, FOR_OTHERS = 0.15, 0.04  # of it, for boosted trees on all prepared rows, and for each other training
ROWS_A_SECOND = 300  # of the budget: rows to learn from that there is time for
LEAST_ROWS = 1000

Tell = Callable[[str, int, int], None]  # what is done, how many of how many


def _quiet(_what: str, _done: int, _total: int) -> None:
    return None


@dataclass(frozen=True)
class Clock:
    """The budget of a comparison, in seconds since `began`."""

    budget: float
    began: float = field(default_factory=time.monotonic)
    processor_began: float = field(default_factory=time.process_time)
    stop: StopSignal | None = None
    tell: Tell = _quiet

    def ends(self, share: float) -> float:
        """Return when a share of the budget is used up, in time.monotonic() seconds."""
        return self.began + share * self.budget

    def is_over(self, share: float) -> bool:
        return time.monotonic() > self.ends(share)

    @property
    def is_stopped(self) -> bool:
        return self.stop is not None and self.stop.number is not None

    @property
    def most_rows(self) -> int:
        """Rows to learn from that there is time for."""
        return max(LEAST_ROWS, round(ROWS_A_SECOND * self.budget))
