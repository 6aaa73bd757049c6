"""SIGINT and SIGTERM: the first asks for a clean stop at the next safe point, the second stops at once."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from netwright.core.errors import Interrupted


class StopSignal:
    """Remembers that a signal came. While `deferred` the first one waits; otherwise it raises at once."""

    def __init__(self) -> None:
        self.number: int | None = None
        self._deferred = 0  # blocks that hold signals back, on any thread
        self._counting = threading.Lock()

    def __call__(self, number: int, _frame: FrameType | None) -> None:
        first = self.number is None
        self.number = number
        if not (self._deferred and first):
            raise Interrupted(number)

    @contextmanager
    def deferred(self) -> Iterator[None]:
        """Let the first signal wait until the caller looks at `number`; blocks may nest and overlap."""
        self._count(1)
        try:
            yield
        finally:
            self._count(-1)

    def _count(self, change: int) -> None:
        with self._counting:
            self._deferred += change


@contextmanager
def listening() -> Iterator[StopSignal]:
    """Route SIGINT and SIGTERM to a StopSignal for the length of a block (main thread only)."""
    stop = StopSignal()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
