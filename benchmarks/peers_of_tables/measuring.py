"""Measurements by table, peer and seed: taken in turns, each kept on disk as soon as it is there."""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from peers_of_tables import PEERS
from peers_of_tables.tables import Division, Table, divide

BENCHMARKS = Path(__file__).parents[1]
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS", "POLARS_MAX_THREADS")


@dataclass(frozen=True)
class Measured:
    """What one peer did on one table with one seed."""

    table: str
    who: str
    seed: int
    metrics: dict[str, float]
    seconds: float  # wall time
    processor: float  # seconds of the process on its core: less than wall time where others were on it too
    date: str


@dataclass(frozen=True)
class Asked:
    """Who is measured on what, and where measurements are kept."""

    tables: tuple[Table, ...]
    seeds: dict[str, int]  # by who
    cache: Path | None = None  # measurements in it are not taken again
    only_cached: bool = False  # take no new ones


@dataclass(frozen=True)
class Found:
    """All measurements, and why a peer has none on a table."""

    measured: tuple[Measured, ...]
    absent: dict[tuple[str, str], str]  # by table and who

    def of(self, table: str, who: str) -> list[Measured]:
        return [entry for entry in self.measured if (entry.table, entry.who) == (table, who)]


def take(asked: Asked, root: Path) -> Found:
    """Measure what is asked for and not kept yet: one peer after the other, each on all tables."""
    measured: list[Measured] = []
    absent: dict[tuple[str, str], str] = {}
    for who, seeds in asked.seeds.items():
        for table in asked.tables:
            found, why = _measure(who, table, seeds, asked, root)
            measured += found
            if not found:
                absent[table.name, who] = why
    return Found(tuple(measured), absent)


def _measure(who: str, table: Table, seeds: int, asked: Asked, root: Path) -> tuple[list[Measured], str]:
    """Return one measurement for each seed, and why there are fewer."""
    found: list[Measured] = []
    why = "not run"
    for seed in range(seeds):
        kept = _kept(asked.cache, table, who, seed)
        if kept is not None and kept.exists():
            found.append(Measured(**json.loads(kept.read_text())))
            continue
        why = "not run" if asked.only_cached else PEERS[who].missing()
        if why:
            continue
        taken = _alone(who, table, seed, root)
        if isinstance(taken, str):
            return found, taken
        found.append(taken)
        if kept is not None:
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_text(json.dumps(asdict(taken), indent=1) + "\n")
    return found, why


def _kept(cache: Path | None, table: Table, who: str, seed: int) -> Path | None:
    name = f"{table.name}-{who}-{seed}.json".replace(",", "").replace(" ", "-")
    return None if cache is None else cache / name


def _alone(who: str, table: Table, seed: int, root: Path) -> Measured | str:
    """Measure in a process of its own with one thread; the last line of what it said where it failed."""
    one = dict.fromkeys(THREADS, "1")
    with tempfile.TemporaryDirectory(prefix="netwright-tables-") as folder:
        files = _files(divide(table, root, seed, Path(folder)))
        command = [sys.executable, "-m", "peers_of_tables.alone", who, table.name, str(seed), *files]
        done = subprocess.run(command, cwd=BENCHMARKS, capture_output=True, text=True, env={**os.environ, **one})
    if done.returncode:
        said = done.stderr.strip().splitlines() or [f"ended with {done.returncode}"]
        print(done.stderr, file=sys.stderr)
        return f"failed: {said[-1]}"
    answer = json.loads(done.stdout.splitlines()[-1])
    taken = Measured(table.name, who, seed, **answer, date=date.today().isoformat())
    print(f"{table.name}, {who}, seed {seed}: {taken.metrics}, {taken.seconds:.1f} s", file=sys.stderr, flush=True)
    return taken


def _files(division: Division) -> tuple[str, str]:
    return str(division.train), str(division.test)
