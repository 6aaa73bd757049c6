"""How much memory an action takes beyond what was held before: the peak of resident pages, as Linux counts them."""

import ctypes
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

Value = TypeVar("Value")
PEAK, FORGET_PEAK = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def with_memory(action: Callable[[], Value]) -> tuple[Value, int | None]:
    """Return what an action returns, and the bytes that it held at most beyond those before it.

    None where the system does not say. Nothing else may run meanwhile. Freed memory goes back to the system first, so
    that it is not taken again unseen.
    """
    if not _forget_peak():
        return action(), None
    before = _kilobytes("VmRSS")
    result = action()
    return result, 1024 * max(0, _kilobytes("VmHWM") - before)


def _forget_peak() -> bool:
    """Let the peak begin anew; False where that cannot be done."""
    try:
        ctypes.CDLL(None).malloc_trim(0)
        FORGET_PEAK.write_text("5")
    except (OSError, AttributeError):
        return False
    return True


def _kilobytes(name: str) -> int:
    line = next(line for line in PEAK.read_text().splitlines() if line.startswith(f"{name}:"))
    return int(line.split()[1])
