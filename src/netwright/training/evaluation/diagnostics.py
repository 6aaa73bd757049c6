"""Where a model errs: confusion, calibration, residuals and the worst rows."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from netwright.core.seeds import derive_seed
from netwright.core.values import Diagnostics, ReliabilityBin, Schema, Task, WorstError
from netwright.data import Table

BINS = 10
WORST = 10
RESIDUALS = 2000


@dataclass(frozen=True)
class Answers:
    """Test rows with what the model said of them."""

    task: Task
    truth: NDArray[Any]  # [n] class indices, or targets in their own unit
    predicted: NDArray[np.float64]  # [n, classes] probabilities, or [n] values
    table: Table  # where the rows stand
    positions: NDArray[np.int64]  # [n] of each row in `table.frame`


def diagnose_answers(answers: Answers, schema: Schema) -> Diagnostics:
    """Return what the report draws of the test rows."""
    worst = _worst(answers, schema)
    if answers.task == "regression":
        return Diagnostics(residuals=_residuals(answers), worst=worst)
    return Diagnostics(
        confusion=confusion_of(answers.truth.astype(np.int64), answers.predicted),
        reliability=reliability_of(answers.truth, answers.predicted),
        worst=worst,
    )


def confusion_of(truth: NDArray[np.int64], predicted: NDArray[np.float64]) -> tuple[tuple[int, ...], ...]:
    """Count rows by true class (row) and most probable class (column)."""
    classes = predicted.shape[1]
    flat = np.bincount(truth * classes + predicted.argmax(axis=1), minlength=classes**2)
    return tuple(tuple(int(count) for count in row) for row in flat.reshape(classes, classes))


def reliability_of(truth: NDArray[Any], predicted: NDArray[np.float64]) -> tuple[ReliabilityBin, ...]:
    """Compare probability with frequency in bins of equal width; empty bins are left out.

    Two classes: p(second class). More: the probability of the class that was chosen
    (C. Guo et al., On calibration of modern neural networks, 2017).
    """
    if predicted.shape[1] == 2:
        said, came = predicted[:, 1], truth == 1
    else:
        said, came = predicted.max(axis=1), predicted.argmax(axis=1) == truth
    bins = np.minimum((said * BINS).astype(np.int64), BINS - 1)
    groups = [(said[bins == k], came[bins == k]) for k in range(BINS)]
    return tuple(ReliabilityBin(float(s.mean()), float(c.mean()), len(s)) for s, c in groups if len(s))


def _residuals(answers: Answers) -> tuple[tuple[float, float], ...]:
    rows = len(answers.truth)
    generator = np.random.default_rng(derive_seed(0, "residuals"))
    chosen = np.sort(generator.permutation(rows)[:RESIDUALS])
    return tuple((float(answers.truth[i]), float(answers.predicted[i])) for i in chosen)


def _surprise(answers: Answers) -> NDArray[np.float64]:
    if answers.task == "regression":
        return np.asarray(np.abs(answers.predicted - answers.truth), dtype=np.float64)
    chosen = answers.predicted[np.arange(len(answers.truth)), answers.truth.astype(np.int64)]
    return np.asarray(-np.log(np.clip(chosen, 1e-15, 1.0)))


def _worst(answers: Answers, schema: Schema) -> tuple[WorstError, ...]:
    surprise = _surprise(answers)
    worst: list[int] = np.argsort(-surprise, kind="stable")[:WORST].tolist()
    cells = answers.table.frame[answers.positions[worst].tolist()].select([column.name for column in schema.features])
    return tuple(
        WorstError(
            row=int(answers.table.row[answers.positions[i]]),
            truth=_label(answers, schema, answers.truth[i]),
            prediction=_said(answers, schema, i),
            surprise=float(surprise[i]),
            values={name: _shown(cell) for name, cell in row.items()},
        )
        for i, row in zip(worst, cells.iter_rows(named=True), strict=True)
    )


def _shown(cell: object) -> str:
    """Whole numbers without a decimal point, whatever type they were read as."""
    if isinstance(cell, float):
        return f"{cell:.10g}"
    return "" if cell is None else str(cell)


def _label(answers: Answers, schema: Schema, truth: np.generic) -> str:
    return f"{float(truth):.6g}" if answers.task == "regression" else schema.classes[int(truth)]


def _said(answers: Answers, schema: Schema, row: int) -> str:
    if answers.task == "regression":
        return f"{float(answers.predicted[row]):.6g}"
    chosen = int(answers.predicted[row].argmax())
    return f"{schema.classes[chosen]} ({answers.predicted[row, chosen]:.1%})"
