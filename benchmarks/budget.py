"""What `fit --budget` takes of its budget: wall time over budget, by table and engine. Data: $NETWRIGHT_DATA."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from rows import Row, report

TARGET = "< 1.1"
SPIN = "while True: pass"
ADULT = (
    *("age", "workclass", "fnlwgt", "education", "education-num", "marital-status", "occupation", "relationship"),
    *("race", "sex", "capital-gain", "capital-loss", "hours-per-week", "native-country", "income"),
)
LONG = ("--set", "training.epochs=1000", "--set", "training.patience=none")  # more than any budget here has room for


@dataclass(frozen=True)
class Case:
    """One command: a table of $NETWRIGHT_DATA, options, seconds, and how many processes keep the cores busy."""

    table: str
    target: str
    options: tuple[str, ...] = ()
    seconds: float = 10.0
    busy: int = 0

    @property
    def name(self) -> str:
        options = " ".join("endless" if part == LONG[1] else part for part in self.options if part not in LONG[::2])
        beside = f" beside {self.busy} busy" if self.busy else ""
        return f"{Path(self.table).parent}{beside} {options.replace('training.patience=none', '')}".strip()


def cases(quick: bool) -> Iterator[Case]:
    """Yield every case; with --quick a few short ones."""
    adult = ("adult/adult-train.csv", "income")
    california = ("california_housing/housing.csv", "median_house_value")
    letter = ("letter_recognition/LetterRecognition.csv", "lettr")
    if quick:
        yield from (Case(*adult, (), 5.0), Case(*adult, LONG, 10.0), Case(*letter, ("--ensemble", "4"), 10.0))
        return
    for seconds in (2.0, 5.0, 10.0, 30.0, 60.0):
        yield from (Case(*adult, ("--engine", engine), seconds) for engine in ("eager", "fused"))
        yield Case(*adult, LONG, seconds)
    for seconds in (5.0, 10.0, 30.0):
        for table in (california, letter):
            yield Case(*table, (), seconds)
            yield Case(*table, LONG, seconds)
        for many in (("--ensemble", "4"), ("--folds", "3")):
            yield from (Case(*table, many, seconds) for table in (adult, letter))
        yield Case(*adult, ("--learning-curve",), seconds)
        yield Case(*adult, LONG, seconds, busy=os.cpu_count() or 1)


def measure(quick: bool) -> Iterator[Row]:
    """Yield wall time over budget of each case, and what came of it."""
    root = os.environ.get("NETWRIGHT_DATA")
    if root is None:
        yield Row("budget", "netwright", None, "of the budget", TARGET, "set NETWRIGHT_DATA to the folder of the data")
        return
    with tempfile.TemporaryDirectory(prefix="netwright-budget-") as folder:
        with_header(Path(root) / "adult/adult-train.csv", Path(folder) / "adult/adult-train.csv")
        for case in cases(quick):
            yield measure_case(case, Path(root), Path(folder))


def with_header(source: Path, copy: Path) -> None:
    """Copy the table of UCI under the names of its columns."""
    copy.parent.mkdir()
    copy.write_text(",".join(ADULT) + "\n" + source.read_text())


def measure_case(case: Case, root: Path, folder: Path) -> Row:
    own = folder / case.table
    command = [sys.executable, "-m", "netwright", "fit", str(own if own.exists() else root / case.table), "--json"]
    command += ["--target", case.target, "--budget", f"{case.seconds:g}", "--runs", str(folder / "runs"), *case.options]
    with busy(case.busy):
        began = time.perf_counter()
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        wall = time.perf_counter() - began
    return Row(f"--budget {case.seconds:g}s", case.name, wall / case.seconds, "of the budget", TARGET, said(done))


def said(done: "subprocess.CompletedProcess[str]") -> str:
    """What the run says came of it, or its error."""
    if done.returncode:
        return f"exit {done.returncode}: {' '.join(done.stderr.split())}"
    answer = json.loads(done.stdout)
    headline, measured = next(iter(answer["test"].items()))
    told = "; ".join((answer["stopped_because"], *answer["notes"]))
    return f"{answer['engine']}; test {headline} {measured['value']:.4g}; {told}"


@contextmanager
def busy(processes: int) -> Iterator[None]:
    """Keep so many cores busy for the length of a block."""
    with ExitStack() as stack:
        for _ in range(processes):
            other = stack.enter_context(subprocess.Popen([sys.executable, "-c", SPIN]))
            stack.callback(other.kill)
        yield


if __name__ == "__main__":
    report(__doc__.splitlines()[0], measure)
