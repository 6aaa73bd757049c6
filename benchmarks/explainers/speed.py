"""Integrated gradients of 1,000 adult rows, ours beside Captum called row by row; compare and landscape."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import torch
from rows import Row

from explainers.runs import Trained
from netwright.data import prepare
from netwright.explanation.references import ROWS as REFERENCES
from netwright.explanation.rows import explain_rows
from netwright.networks.feedforward import MLP
from netwright.training.parts import inputs_of

ROWS = 1000


def measure_rows(run: Trained, quick: bool) -> Iterator[Row]:
    """Yield processor seconds for 1,000 rows, and how much faster ours are."""
    rows, theirs_of = (200, 20) if quick else (ROWS, 100)
    work = "integrated gradients, processor seconds for 1,000 adult rows"
    began = time.process_time()
    explain_rows(run.model, run.rows, range(rows), "integrated gradients", tests=0)
    ours = (time.process_time() - began) * ROWS / rows
    yield Row(work, "netwright", ours, "s", note=f"of {rows:,} rows, beside {REFERENCES} references each, to within 1%")
    try:
        from captum.attr import IntegratedGradients
    except ImportError:
        yield Row(work, "captum", None, "s", note="not installed here")
        return
    module = run.model.module
    assert isinstance(module, MLP), "the run has one network"
    part = prepare(run.rows.table, run.model.schema, run.model.preparation, torch.arange(theirs_of).numpy(), False)
    numeric, categorical = inputs_of(part)[:2]

    def said(numbers: torch.Tensor, *vectors: torch.Tensor) -> torch.Tensor:
        features = numbers if module.numeric_embedding is None else module.numeric_embedding(numbers)
        return module.decide(torch.cat([features, *vectors], dim=1))[:, 0]

    def explain(row: int, references: int) -> None:
        rows, others = (
            [part[numbers], *([] if module.embedding is None else [module.embedding(categorical[numbers]).detach()])]
            for part, numbers in ((numeric, torch.full((references,), row)), (numeric, torch.arange(references)))
        )
        IntegratedGradients(said).attribute(tuple(rows), tuple(others), n_steps=50)

    for references, target in ((REFERENCES, ">= 5"), (1, "")):
        began = time.process_time()
        for row in range(theirs_of):
            explain(row, references)
        theirs = (time.process_time() - began) * ROWS / theirs_of
        note = f"row by row, of {theirs_of} rows, 50 steps from each of {references} references"
        yield Row(work, "captum", theirs, "s", note=note)
        work_of = "integrated gradients, times faster than Captum"
        note = f"from {references} of their references, {REFERENCES} of ours, which go on to within 1%"
        yield Row(work_of, "netwright", theirs / ours, "x", target, note)


def measure_commands(run: Trained, table: Path, folder: Path, quick: bool) -> Iterator[Row]:
    """Yield seconds of `netwright compare` on adult and of a landscape of its network."""
    if quick:
        yield Row("compare on adult", "netwright", None, "s", "< 180", "left out by --quick")
    else:
        yield _command(
            "compare on adult", "< 180", "compare", table, "--target", "income", "--out", folder / "compared"
        )
    points = 11 if quick else 51
    yield _command(
        f"landscape {points} x {points} of a network of adult, and its sharpness",
        "< 30",
        *("landscape", run.folder, "--points", points, "--without-trajectory"),
    )


def _command(work: str, target: str, *arguments: object) -> Row:
    began = time.perf_counter()
    command = [sys.executable, "-m", "netwright", *map(str, arguments), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return Row(work, "netwright", None, "s", target, f"exit code {done.returncode}: {done.stderr.strip()[-80:]}")
    json.loads(done.stdout)  # it said what it found
    return Row(work, "netwright", time.perf_counter() - began, "s", target, "wall time of the whole command")
