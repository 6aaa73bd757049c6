"""What an unguarded reader suffers: each returns a few words on the harm, and fails where there was none."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

from hostile.desk import Desk, resident, snapshot

MUCH = 100 << 20  # bytes that no honest file of this size takes


class Payload:
    """Unpickling it runs a command of the shell that writes the canary."""

    def __init__(self, desk: Desk) -> None:
        self.command = f"echo owned > {desk.canary}"

    def __reduce__(self) -> tuple[Callable[[str], int], tuple[str]]:
        return os.system, (self.command,)


def fires(desk: Desk, work: Callable[[], object]) -> str:
    """The canary is written."""
    _unless(work, Exception)
    assert desk.canary.exists(), "the payload did not run"
    return "its code ran"


def fills(work: Callable[[], object]) -> str:
    """The memory is filled: an error for want of it (controls have 256 MB), or a great deal in use."""
    before = resident()
    try:
        kept = work()
    except MemoryError:
        return "wants more than 256 MB"
    grown = resident() - before
    assert grown > MUCH, f"only {grown >> 20} MB for {type(kept)}"
    return f"takes {grown >> 20} MB"


def breaks(work: Callable[[], object], *kinds: type[BaseException]) -> str:
    """An error that is no sentence for people."""
    try:
        work()
    except kinds as error:
        return f"raw {type(error).__name__}"
    raise AssertionError("it was read without an error")


def reaches(desk: Desk, work: Callable[[], object]) -> str:
    """Something outside is written, changed or removed."""
    before = _outside(desk)
    _unless(work, Exception)
    now = _outside(desk)
    changed = {name for name in {*before, *now} if before.get(name) != now.get(name)}
    assert changed, "nothing changed"
    return f"changes {min(changed)}"


def _outside(desk: Desk) -> dict[str, str]:
    return {name: state for name, state in snapshot(desk).items() if name.startswith("outside")}


def tells(desk: Desk, work: Callable[[], bytes | str]) -> str:
    """What stands outside is read."""
    text = work()
    assert "precious" in (text if isinstance(text, str) else text.decode(errors="replace"))
    return "reads what is outside"


def waits(path: Path) -> str:
    """Opening never returns."""

    def stop(*_: object) -> None:
        raise TimeoutError

    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, 0.2)
    try:
        path.read_bytes()
    except TimeoutError:
        return "waits for ever"
    raise AssertionError("it did not wait")


def believes(holds: bool, words: str) -> str:
    """A wrong value is taken for a right one."""
    assert holds, "it was not believed"
    return words


def _unless(work: Callable[[], object], kind: type[BaseException]) -> None:
    """Errors after the harm do not matter."""
    try:
        work()
    except kind:
        return
