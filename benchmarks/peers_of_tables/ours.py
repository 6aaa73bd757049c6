"""Our `fit` with its defaults, from the two files to a tested run on disk."""

import tempfile

import numpy as np
import polars as pl
from numpy.typing import NDArray

import netwright as nw
from netwright.api import FitOptions, Run
from netwright.training.evaluation.conformal import scores_of
from peers_of_tables.tables import Division


def measure(division: Division, seed: int) -> dict[str, float]:
    return fitted(division, seed, {})


def fitted(division: Division, seed: int, settings: dict[str, object]) -> dict[str, float]:
    """Return the table's metrics as the run gives them, how much its sets held, and its calibration error."""
    asked: dict[str, object] = {"split.seed": seed, "training.seed": seed, "evaluation.trees": False} | settings
    table = division.table
    asked["evaluation.coverage"] = table.coverage
    if table.regression:
        asked["schema.task"] = "regression"  # six grades of wine would be taken for classes
    with tempfile.TemporaryDirectory(prefix="netwright-quality-") as folder:
        options = FitOptions(runs=folder)
        run = nw.fit(str(division.train), table.target, test=str(division.test), settings=asked, options=options)
        scaled = {goal.metric: table.scale if goal.metric == "rmse" else 1.0 for goal in table.goals}
        found = {name: _value(run, name) * scale for name, scale in scaled.items()}
        return found | _trust(run, division)


def _value(run: Run, metric: str) -> float:
    value = run.evaluation.metrics[metric].value
    assert value is not None
    return value


def _trust(run: Run, division: Division) -> dict[str, float]:
    coverage = run.summary.diagnostics.coverage
    assert coverage is not None
    assert coverage.every.covered.value is not None
    assert coverage.quantile is not None
    truth, predicted = _answers(run, division)
    found = {
        "coverage": coverage.every.covered.value,
        "coverage_of_scores": float((scores_of(truth, predicted) <= coverage.quantile).mean()),
    }
    if division.table.regression:
        return found
    return found | {"calibration_error": _value(run, "calibration_error")}


def _answers(run: Run, division: Division) -> tuple[NDArray[np.generic], NDArray[np.float64]]:
    """Return the truth of the test rows [n], and the run's probabilities [n, classes] or values [n]."""
    said, cells = run.predict(str(division.test)), pl.read_csv(division.test, infer_schema=False)[division.table.target]
    if division.table.regression:
        return cells.cast(pl.Float64).to_numpy(), said["prediction"].to_numpy()
    classes = run.schema.classes
    predicted = said.select(f"probability_{name}" for name in classes).to_numpy()
    return np.array([classes.index(cell) for cell in cells]), predicted
