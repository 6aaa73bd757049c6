"""Where a model errs: confusion, calibration, coverage, slices, residuals and the worst rows."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from netwright.core.evidence import Calibration, Diagnostics, Measure, WorstError
from netwright.core.seeds import derive_seed
from netwright.core.values import Schema, Task
from netwright.data import FILE, Table
from netwright.training.evaluation.bootstrap import sample
from netwright.training.evaluation.calibration_error import calibration_error, honest_error, reliability_of
from netwright.training.evaluation.conformal import Promise, covered_rows, measure_coverage
from netwright.training.evaluation.metrics import HIGHER_IS_BETTER, metrics_for
from netwright.training.evaluation.slices import Judged, measure_slices

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
    calibration: Calibration
    uncalibrated: NDArray[np.float64] | None = None  # probabilities before temperature scaling

    @property
    def promise(self) -> Promise:
        """What prediction sets or intervals shall hold."""
        coverage = self.calibration.coverage
        return Promise(coverage, self.calibration.quantile(coverage), self.calibration.rows)

    @property
    def chosen(self) -> NDArray[np.int64]:
        """The class that is said of each row [n]."""
        if self.predicted.shape[1] == 2:
            return (self.predicted[:, 1] > self.calibration.threshold).astype(np.int64)
        return np.asarray(self.predicted.argmax(axis=1))


def diagnose_answers(answers: Answers, schema: Schema, headline: str) -> Diagnostics:
    """Return what the report draws of the test rows; slices are measured by the headline metric."""
    worst = _worst(answers, schema)
    coverage = measure_coverage(answers.truth, answers.predicted, answers.promise, schema.classes)
    frame = answers.table.frame[answers.positions.tolist()]
    judged = Judged(
        answers.truth,
        answers.predicted,
        covered_rows(answers.truth, answers.predicted, answers.promise.quantile),
        frame,
    )
    metric = metrics_for(answers.task, answers.calibration.threshold)[headline]
    slices = measure_slices(judged, schema, (headline, metric, headline in HIGHER_IS_BETTER))
    if answers.task == "regression":
        return Diagnostics(residuals=_residuals(answers), worst=worst, coverage=coverage, slices=slices)
    before = answers.uncalibrated
    return Diagnostics(
        confusion=confusion_of(answers.truth.astype(np.int64), answers.chosen, len(schema.classes)),
        reliability=reliability_of(answers.truth, answers.predicted),
        worst=worst,
        reliability_before=() if before is None else reliability_of(answers.truth, before),
        calibration_error_before=None if before is None else _calibration_error(answers.truth, before),
        calibration_error_honest=honest_error(answers.predicted),
        coverage=coverage,
        slices=slices,
    )


def _calibration_error(truth: NDArray[Any], predicted: NDArray[np.float64]) -> Measure:
    return sample({"calibration_error": calibration_error}, truth, predicted)["calibration_error"].measure()


def confusion_of(truth: NDArray[np.int64], said: NDArray[np.int64], classes: int) -> tuple[tuple[int, ...], ...]:
    """Count rows by true class (row) and the class that is said (column)."""
    flat = np.bincount(truth * classes + said, minlength=classes**2)
    return tuple(tuple(int(count) for count in row) for row in flat.reshape(classes, classes))


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
    frame = answers.table.frame
    names = [FILE if column.kind == "image" and FILE in frame.columns else column.name for column in schema.features]
    cells = frame[answers.positions[worst].tolist()].select(names)
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
    chosen = int(answers.chosen[row])
    return f"{schema.classes[chosen]} ({answers.predicted[row, chosen]:.1%})"
