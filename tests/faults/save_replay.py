"""Die at every operation of a save, and lose the power at every operation of a save; count what can then be loaded.

    python tests/faults/save_replay.py

For each kind of save its operations are recorded: each name made, half a write, fsync, rename and removal.
Deaths: a process of its own ends by `os._exit` before each of them. Errors: one fails with "no space left on device",
once, or it and all after it. Power: the power goes after each of them, and whatever was not synced is there in part, by
every subset of the names and five fates of the bytes (power_loss.py). What is found then must load, be the state of the
last save that returned or of the one in progress, byte for byte, and take a further save. Exits with 1 if any does
not, or if a writer that leaves a precaution out is not caught by the same search.
"""

import argparse
import errno
import os
import shutil
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).parents[2]))  # as a script, the project is not on the path

import torch

from netwright.core.errors import CheckpointError, NetwrightError
from netwright.core.files import to_json_line, write_atomic
from netwright.core.values import StepRecord
from netwright.training import checkpoints as module
from netwright.training.checkpoints import Checkpoint, committed, load_checkpoint, save_checkpoint
from netwright.training.records import RecordSink
from netwright.training.run_directory import new_run
from tests.faults.power_loss import Disk, Snapshot, lay_out
from tests.faults.recorded_io import Operation, recording

DIED = 77
MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # None: where temporary files go; slower, that is all
Save = Callable[[Path, Checkpoint], object]
Judge = Callable[[Path, int], str]  # the folder, saves that have returned -> what is wrong, or nothing


@dataclass(frozen=True)
class Scenario:
    """A kind of save: what is there before, what is recorded, and what must be found after an end at any moment."""

    name: str
    prepare: Callable[[Path], object]
    steps: tuple[Callable[[Path], object], ...]
    judge: Judge


@dataclass
class Count:
    """How often a fault was planted, and what was wrong afterwards."""

    tried: int = 0
    returned: int = 0  # of failing operations: after how many all saves returned as if nothing had been
    wrong: list[str] = field(default_factory=list)

    def add(self, where: str, wrong: str) -> None:
        self.tried += 1
        if wrong:
            self.wrong.append(f"{where}: {wrong}")


def records_to(step: int) -> bytes:
    return b"".join(to_json_line(StepRecord(number, 1, 0.5, 0.01, 1.0)) for number in range(1, step + 1))


def checkpoint(step: int) -> Checkpoint:
    tensors = {"w": torch.full((300,), float(step)), "n": torch.tensor(step)}
    return Checkpoint(step, tensors, {"step": step, "records_offset": len(records_to(step))})


def save_as_training_does(run: Path, step: int, save: Save = save_checkpoint) -> None:
    """Flush the records, then save a checkpoint that says how long they were."""
    with RecordSink(run / "records.jsonl") as sink:
        sink.append(StepRecord(step, 1, 0.5, 0.01, 1.0))
        sink.flush()
    save(run / "checkpoints", checkpoint(step))


def judge_run(run: Path, allowed: set[int | None], clean: bool = True) -> str:
    """Say what is wrong with a run that must go on from one of these steps; None: from nothing. Then save once more."""
    folder = run / "checkpoints"
    try:
        loaded, notes = load_checkpoint(folder)
    except CheckpointError as error:
        return "" if None in allowed else f"nothing can be loaded ({error})"
    if loaded.step not in allowed:
        return f"step {loaded.step} was loaded, not one of {allowed}"
    if notes and clean:
        return f"what was committed is damaged ({notes[0]})"
    fresh = checkpoint(loaded.step)
    if loaded.state != fresh.state or not all(torch.equal(loaded.tensors[name], fresh.tensors[name]) for name in "wn"):
        return "the content is not what was saved"
    log = run / "records.jsonl"
    if not log.exists() or not log.read_bytes().startswith(records_to(loaded.step)):
        return "records that the checkpoint counts are lost"
    save_checkpoint(folder, checkpoint(99))
    return "" if load_checkpoint(folder)[0].step == 99 else "a further save is not found"


def training(name: str, before: tuple[int, ...], steps: tuple[int, ...], save: Save = save_checkpoint) -> Scenario:
    """Return saves at `steps` in the run directory `runs/a`, with checkpoints of the steps `before` already there."""

    def prepare(root: Path) -> None:
        run = new_run(root / "runs", "a", "a")
        for step in before:
            save_as_training_does(run, step)

    def judge(root: Path, returned: int) -> str:
        known = (before[-1] if before else None, *steps)
        return judge_run(root / "runs" / "a", set(known[returned : returned + 2]))

    def one(step: int) -> Callable[[Path], None]:
        return lambda root: save_as_training_does(root / "runs" / "a", step, save)

    return Scenario(name, prepare, tuple(map(one, steps)), judge)


def from_nothing() -> Scenario:
    """Return the first save of a run whose folders are made too."""

    def begin(root: Path) -> None:
        new_run(root / "deep" / "runs", "a", "a")
        save_as_training_does(root / "deep" / "runs" / "a", 1)

    def judge(root: Path, returned: int) -> str:
        return judge_run(root / "deep" / "runs" / "a", {1} if returned else {None, 1})

    return Scenario("the first of a new run, folders included", lambda root: None, (begin,), judge)


def over_a_damaged_one() -> Scenario:
    """Return a save of step 3 where a damaged checkpoint of step 3 stands in the way."""
    plain = training("", (1, 2), (3,))

    def prepare(root: Path) -> None:
        plain.prepare(root)
        save_as_training_does(root / "runs" / "a", 3)
        (root / "runs" / "a" / "checkpoints" / "step-3" / "state.json").write_bytes(b"{}")

    def judge(root: Path, returned: int) -> str:
        return judge_run(root / "runs" / "a", {3} if returned else {2, 3}, clean=False)

    again: Callable[[Path], object] = lambda root: save_checkpoint(root / "runs" / "a" / "checkpoints", checkpoint(3))  # noqa: E731
    return Scenario("in the place of a damaged one", prepare, (again,), judge)


def after_a_kill() -> Scenario:
    """Return a save that finds the half of one that was killed."""
    plain = training("after a save that was killed", (1, 2), (3,))

    def prepare(root: Path) -> None:
        plain.prepare(root)
        half = root / "runs" / "a" / "checkpoints" / "step-3.tmp-1"
        half.mkdir()
        (half / "tensors.safetensors").write_bytes(b"half")

    return Scenario(plain.name, prepare, plain.steps, plain.judge)


def one_file(
    name: str = "one file, by write_atomic", write: Callable[[Path, bytes], object] = write_atomic
) -> Scenario:
    """Return the replacement of one file of a run."""

    def judge(root: Path, returned: int) -> str:
        path = root / "run.json"
        found = path.read_bytes() if path.exists() else None
        good = {b"new, and longer"} if returned else {b"old", b"new, and longer"}
        return "" if found in good else f"{found!r} was found"

    def prepare(root: Path) -> None:
        (root / "run.json").write_bytes(b"old")

    return Scenario(name, prepare, (lambda root: write(root / "run.json", b"new, and longer"),), judge)


SCENARIOS = (
    from_nothing(),
    training("the first three of a run", (), (1, 2, 3)),
    training("with two older ones", (1, 2), (3,)),
    over_a_damaged_one(),
    after_a_kill(),
    one_file(),
)


def without(where: object, name: str) -> Save:
    """Return our save with a function that does nothing: one of checkpoints.py, or the fsync of `os`."""

    def save(folder: Path, state: Checkpoint) -> None:
        with mock.patch.object(where, name):
            save_checkpoint(folder, state)

    return save


def the_old_first(folder: Path, state: Checkpoint) -> None:
    for path in committed(folder):
        shutil.rmtree(path)
    save_checkpoint(folder, state)


def in_place(folder: Path, state: Checkpoint) -> None:
    """Write under the final name from the start."""
    with mock.patch.object(Path, "with_name", lambda path, name: path), mock.patch.object(Path, "rename"):
        save_checkpoint(folder, state)


def synced_before_flushed(folder: Path, state: Checkpoint) -> None:
    def write(path: Path, content: bytes) -> None:
        with path.open("wb", buffering=1 << 20) as file:
            file.write(content)
            os.fsync(file.fileno())

    with mock.patch.object(module, "_write", write):
        save_checkpoint(folder, state)


def overwritten(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


CONTROLS = (  # each must be caught; the second: by deaths too
    (training("no fsync", (1, 2), (3,), without(os, "fsync")), False),
    (training("no fsync of folders", (1, 2), (3,), without(module, "fsync_directory")), False),
    (training("fsync before the flush", (1, 2), (3,), synced_before_flushed), False),
    (training("the old one deleted first", (2,), (3,), the_old_first), True),
    (training("written in place", (1, 2), (3,), in_place), True),
    (one_file("a file overwritten", overwritten), True),
)


@contextmanager
def prepared(scenario: Scenario) -> Iterator[Path]:
    """Make what the scenario begins with. Nothing here waits for a disk: what a process leaves, the system has."""
    with tempfile.TemporaryDirectory(prefix="netwright-saves-", dir=MEMORY) as folder, mock.patch.object(os, "fsync"):
        scenario.prepare(Path(folder))
        yield Path(folder)


def trace(scenario: Scenario) -> tuple[list[Operation], list[int]]:
    """Return the operations of all saves, and after how many of them each had returned."""
    with prepared(scenario) as root, recording(root) as recorder:
        returns = []
        for step in scenario.steps:
            step(root)
            returns.append(len(recorder.operations))
        return recorder.operations, returns


def deaths(scenario: Scenario) -> Count:
    """End a process before each operation."""
    operations, returns = trace(scenario)
    count = Count()
    for number, operation in enumerate(operations):
        with prepared(scenario) as root:
            _die(scenario, root, number)
            returned = sum(end <= number for end in returns)
            count.add(f"death before {number} {operation.name} {operation.path}", scenario.judge(root, returned))
    return count


def _die(scenario: Scenario, root: Path, at: int) -> None:
    def fault(number: int, _operation: Operation) -> None:
        if number == at:
            os._exit(DIED)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of forks beside threads; the child starts none
        pid = os.fork()
    if pid == 0:
        with recording(root, fault):
            for step in scenario.steps:
                step(root)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == DIED


def errors(scenario: Scenario, lasting: bool) -> Count:
    """Let each operation fail, and with `lasting` all after it: a save either returns or says so in one sentence."""
    operations, _ = trace(scenario)
    count = Count()
    for number, operation in enumerate(operations):
        with prepared(scenario) as root:
            returned, said = _fail(scenario, root, number, lasting)
            count.returned += returned == len(scenario.steps)
            count.add(f"{operation.name} {number} of {operation.path} fails", said or scenario.judge(root, returned))
    return count


def _fail(scenario: Scenario, root: Path, at: int, lasting: bool) -> tuple[int, str]:
    """Return how many saves returned, and what was raised that is no sentence for a person."""
    failed = []

    def fault(number: int, operation: Operation) -> None:
        if number >= at and (lasting or not failed):
            failed.append(operation)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), operation.path)

    returned = 0
    with recording(root, fault):
        for step in scenario.steps:
            try:
                step(root)
            except (NetwrightError, OSError) as error:
                told = isinstance(error, NetwrightError) or error.errno == errno.ENOSPC
                return returned, "" if told else f"{type(error).__name__}: {error}"
            returned += 1
    return returned, ""


def power(scenario: Scenario) -> Count:
    """Lose the power before the first operation and after each."""
    operations, returns = trace(scenario)
    count, seen = Count(), set[tuple[int, Snapshot]]()
    with prepared(scenario) as root:
        disk = Disk(root)
    for number in range(len(operations) + 1):
        returned = sum(end <= number for end in returns)
        for state in disk.states():
            if (returned, state) not in seen:
                seen.add((returned, state))
                count.add(f"power lost after {number} operations", _judge_snapshot(scenario, state, returned))
        if number < len(operations):
            disk.apply(operations[number])
    return count


def _judge_snapshot(scenario: Scenario, state: Snapshot, returned: int) -> str:
    with tempfile.TemporaryDirectory(prefix="netwright-power-", dir=MEMORY) as folder:
        lay_out(state, Path(folder))
        with mock.patch.object(os, "fsync"):  # this copy need not last
            return scenario.judge(Path(folder), returned)


def main() -> int:
    """Print a table of counts; return the exit code."""
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    bad = 0
    print(f"{'save':<42}{'operations':>11}{'deaths':>8}{'errors':>8}{'lasting':>9}{'power losses':>14}{'wrong':>7}")
    for scenario in SCENARIOS:
        counts = (deaths(scenario), errors(scenario, False), errors(scenario, True), power(scenario))
        wrong = [said for count in counts for said in count.wrong]
        tried = [count.tried for count in counts]
        size = len(trace(scenario)[0])
        print(f"{scenario.name:<42}{size:>11}{tried[0]:>8}{tried[1]:>8}{tried[2]:>9}{tried[3]:>14,}{len(wrong):>7}")
        print("".join(f"  {said}\n" for said in wrong[:5]), end="", flush=True)
        bad += len(wrong)
    print("\nwriters that leave a precaution out: how often each was caught")
    for control, dies in CONTROLS:
        killed, lost = deaths(control), power(control)
        missed = not lost.wrong or (dies and not killed.wrong)
        print(
            f"  {control.name:<40}{len(killed.wrong):>6} of {killed.tried:>3} deaths"
            f"{len(lost.wrong):>8,} of {lost.tried:>6,} power losses{'  MISSED' if missed else ''}",
            flush=True,
        )
        bad += missed
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
