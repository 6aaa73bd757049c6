"""A desk for one case: a run and a table that came from elsewhere, what must stay as it is, and forks to work in."""

import hashlib
import json
import os
import resource
import signal
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MEMORY = 256 << 20  # bytes that a case may take beyond those of the parent
SECONDS = 5.0  # of computing
PATIENCE = 20.0  # by the clock, after which a case counts as hanging


@dataclass(frozen=True)
class Desk:
    """`inbox` holds what came from elsewhere, `outside` what it must not reach, `work` is where commands are run."""

    root: Path

    @property
    def inbox(self) -> Path:
        return self.root / "inbox"

    @property
    def run(self) -> Path:
        return self.inbox / "run"

    @property
    def outside(self) -> Path:
        return self.root / "outside"

    @property
    def precious(self) -> Path:
        return self.outside / "precious.txt"

    @property
    def canary(self) -> Path:
        """Is written by whatever gets its code run."""
        return self.outside / "canary"

    @property
    def work(self) -> Path:
        return self.root / "work"

    def part(self, name: str) -> Any:
        return json.loads((self.run / name).read_bytes())

    def write_part(self, name: str, value: Any) -> None:
        (self.run / name).write_text(json.dumps(value))

    def change(self, name: str, *where: Any) -> None:
        """Set a value in a JSON file of the run: change("run.json", "rows", "total", 7)."""
        tree = self.part(name)
        inner = tree
        for key in where[:-2]:
            inner = inner[key]
        inner[where[-2]] = where[-1]
        self.write_part(name, tree)

    def edit_recipe(self, old: str, new: str) -> None:
        """Change recipe.toml, and the hash that would tell of it."""
        text = (self.run / "recipe.toml").read_text()
        assert old in text, old
        (self.run / "recipe.toml").write_text(text.replace(old, new, 1))
        self.change("run.json", "recipe_sha256", digest(self.run / "recipe.toml"))

    def unfinish(self) -> None:
        """Make the run one that can be resumed."""
        self.change("run.json", "stopped_because", "")


@dataclass(frozen=True)
class Case:
    """A hostile file: how it is planted, what is called, what must come of it, and the harm that it would do."""

    name: str
    plant: Callable[[Desk], object]
    call: tuple[str, ...] | Callable[[Desk], object]  # a command, {run} and {inbox} filled in; or Python
    words: tuple[str, ...]  # of the answer
    control: Callable[[Desk], str]  # what the file did to an unguarded reader; AssertionError: nothing
    code: int = 2  # 0: it is read without harm
    absent: str = "\x1b"  # what the answer must not hold


@dataclass(frozen=True)
class Ended:
    """What came of work that was done in a fork."""

    code: int  # minus the signal that ended it; -9 where it hung
    text: str  # all that was printed, errors last
    errors: str
    seconds: float  # of computing, which does not depend on what else the machine does
    grown: int  # bytes of memory at the peak, beyond those at the start


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def snapshot(desk: Desk) -> dict[str, str]:
    """What stands on the desk, but for the working folder and what a command may write in its own run."""
    found = {}
    for path in sorted(desk.root.rglob("*")):
        if path.is_relative_to(desk.work) or path.is_relative_to(desk.run):
            continue
        small = path.is_file() and not path.is_symlink() and path.stat().st_size < 1 << 26
        found[str(path.relative_to(desk.root))] = digest(path) if small else "there"
    return found


def apart(work: Callable[[], object], log: Path, room: int | None = None, patience: float = PATIENCE) -> Ended:
    """Do work in a fork; `room` bytes of new address space are all that it gets where that is given."""
    began, errors = time.monotonic(), log.with_suffix(".errors")
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        _become(work, (log, errors), room)
    status, used = _wait(pid, began + patience)
    said = errors.read_text(errors="replace")
    start, _, out = log.read_text(errors="replace").partition("\n")
    busy = used.ru_utime + used.ru_stime
    return Ended(os.waitstatus_to_exitcode(status), out + said, said, busy, used.ru_maxrss * 1024 - int(start))


def _wait(pid: int, ends: float) -> tuple[int, resource.struct_rusage]:
    while True:
        done, status, used = os.wait4(pid, os.WNOHANG)
        if done:
            return status, used
        if time.monotonic() > ends:
            os.kill(pid, signal.SIGKILL)
        time.sleep(0.003)


def _become(work: Callable[[], object], logs: tuple[Path, Path], room: int | None) -> None:
    """Work with output in files, the memory at the start first, and leave without the parent's clean-up."""
    code = 1
    try:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        for number, log in enumerate(logs, start=1):
            os.dup2(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
        print(resident(), flush=True)
        if room is not None:
            limit = address_space() + room
            resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        work()
        code = 0
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    except BaseException:  # noqa: BLE001 - whatever it is, the parent must read of it
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def resident() -> int:
    """Bytes of memory in use."""
    return _statm()[1]


def address_space() -> int:
    return _statm()[0]


def _statm() -> list[int]:
    pages = Path("/proc/self/statm").read_text().split()
    return [int(count) * resource.getpagesize() for count in pages]
