"""Peak memory of `netwright fit` on a large CSV that it has never seen."""

import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from rows import Row, report

COLUMNS = 20
BLOCK_ROWS = 100_000


def measure(quick: bool) -> Iterator[Row]:
    """Yield the peak resident memory of a fit on a 1 GB file (100 MB with --quick)."""
    megabytes = 100 if quick else 1000
    with tempfile.TemporaryDirectory(prefix="netwright-memory-") as folder:
        path = Path(folder) / "large.csv"
        rows = write_csv(path, megabytes * 1_000_000)
        answer = _fit(path, Path(folder), "60s" if quick else "4m")
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 / 1e9
    work = f"fit, CSV of {megabytes} MB, {rows:,} rows"
    assert answer["rows"]["in"] == rows, f"rows lost: {answer['rows']} of {rows}"
    yield Row(work, "netwright", peak, "GB at peak", "< 3" if not quick else "")
    yield Row(work, "netwright", answer["seconds"], "s", "", "with a time budget")


def write_csv(path: Path, size: int) -> int:
    """Write a CSV of numbers, one column of words and a class; return its rows."""
    generator = np.random.default_rng(0)
    names = [f"x{k}" for k in range(COLUMNS)]
    rows = 0
    with path.open("w", encoding="ascii") as file:
        file.write(",".join([*names, "colour", "y"]) + "\n")
        while file.tell() < size:
            block = generator.normal(size=(BLOCK_ROWS, COLUMNS)).round(4)
            colour = np.array(["red", "green", "blue"])[generator.integers(0, 3, BLOCK_ROWS)]
            label = np.where(block[:, 0] + block[:, 1] * block[:, 2] + (colour == "red") > 0.3, "yes", "no")
            cells = np.column_stack([block.astype("U7"), colour, label])
            file.write("\n".join(",".join(row) for row in cells.tolist()) + "\n")
            rows += BLOCK_ROWS
    return rows


def _fit(path: Path, folder: Path, budget: str) -> dict:
    command = [sys.executable, "-m", "netwright", "fit", str(path), "--target", "y", "--runs", str(folder / "runs")]
    done = subprocess.run([*command, "--budget", budget, "--json"], check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


if __name__ == "__main__":
    report(__doc__.splitlines()[0], measure)
