"""Who is served worse: the headline metric on the rows that share a value of a categorical or boolean column."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from netwright.core.evidence import Slice, Slices
from netwright.core.seeds import derive_seed
from netwright.core.values import Schema
from netwright.training.evaluation.arrays import Array, Truth
from netwright.training.evaluation.bootstrap import Sampled, weights_of
from netwright.training.evaluation.conformal import share_of
from netwright.training.evaluation.metrics import Metric

LEAST_ROWS = 30  # of fewer, an interval says nothing but that the rows are few
MOST_ROWS = 20_000  # of a slice; of larger ones every k-th row is resampled
RESAMPLES = 400
MISSING = "missing"


@dataclass(frozen=True)
class Judged:
    """Test rows and what a model said of them."""

    truth: Truth
    predicted: Array
    covered: NDArray[np.bool_] | None  # [n] whether the prediction set or interval holds the truth
    frame: pl.DataFrame  # [n] rows with the columns as they came


def measure_slices(judged: Judged, schema: Schema, headline: tuple[str, Metric, bool]) -> Slices:
    """Measure every frequent value of every categorical and boolean column but the target, used as a feature or not.

    Args:
        judged: the rows.
        schema: says which columns.
        headline: the metric's name, the metric and whether higher is better.
    """
    name, metric, higher = headline
    overall = float(metric(judged.truth, judged.predicted, np.ones((1, len(judged.truth))))[0])
    found, small = [], 0
    with threadpool_limits(1, user_api="blas"):
        for column, value, rows in _groups(judged.frame, schema):
            entry = _measure(judged, rows, metric, (column, value)) if len(rows) >= LEAST_ROWS else None
            small += entry is None
            found += [] if entry is None else [entry]
    worst = sorted(found, key=lambda entry: (entry.measure.value or 0.0) * (1 if higher else -1))
    return Slices(name, overall if np.isfinite(overall) else None, tuple(worst), len(found), small, LEAST_ROWS)


def _groups(frame: pl.DataFrame, schema: Schema) -> Iterator[tuple[str, str, NDArray[np.int64]]]:
    """Yield each column and value with the positions of its rows."""
    for column in schema.columns:
        if column.kind not in ("categorical", "boolean") or column.role == "target" or column.name not in frame:
            continue
        cells = frame[column.name].cast(pl.String)
        groups = cells.to_frame("cell").with_row_index("at").group_by("cell", maintain_order=True).agg("at")
        for cell, rows in groups.iter_rows():
            yield column.name, MISSING if cell is None else cell, np.array(rows, dtype=np.int64)


def _measure(judged: Judged, rows: NDArray[np.int64], metric: Metric, names: tuple[str, str]) -> Slice | None:
    """Resample the rows of a slice; None where the metric is not defined on them."""
    truth, predicted = judged.truth[rows], judged.predicted[rows]
    value = float(metric(truth, predicted, np.ones((1, len(rows))))[0])
    if not np.isfinite(value):
        return None
    step = -(-len(rows) // MOST_ROWS)
    generator = np.random.default_rng(derive_seed(0, "slice", *names))
    some = slice(None, None, step)
    count = len(truth[some])
    draws = [metric(truth[some], predicted[some], weights) for weights in weights_of(count, generator, RESAMPLES)]
    found = Sampled(value, np.concatenate(draws), np.sqrt(count / len(rows))).measure()
    held = None if judged.covered is None else judged.covered[rows]
    return Slice(*names, len(rows), found, None if held is None else share_of(int(held.sum()), len(held)))
