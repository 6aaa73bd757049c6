"""How long answers take: medians of repeated calls, in processor time of the calling thread."""

import statistics
import time
from collections.abc import Callable

LEAST, MOST, SECONDS = 3, 100, 0.1  # calls that are timed, within so many seconds once there are enough


def median_seconds(call: Callable[[], object]) -> float:
    """Return the median processor time of a call, after one that is not counted."""
    call()
    times: list[float] = []
    began = time.thread_time()
    while len(times) < LEAST or (len(times) < MOST and time.thread_time() - began < SECONDS):
        before = time.thread_time()
        call()
        times.append(time.thread_time() - before)
    return statistics.median(times)
