"""The two files as arrays for the peers: numbers, codes of categories, truth; and the metrics of their answers."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sklearn.metrics import accuracy_score, roc_auc_score, root_mean_squared_error

from peers_of_tables.tables import Division, Table

MISSING = ("", "NA", "?")
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Rows:
    numbers: Floats  # [n, columns]; NaN is missing
    codes: NDArray[np.int64]  # [n, columns] of categories; -1 is missing or not among the training rows
    truth: NDArray[np.generic]  # [n] class indices, or values

    def both(self) -> Floats:
        """Return the numbers and then the codes [n, columns], NaN where missing."""
        codes = self.codes.astype(np.float64)
        codes[self.codes < 0] = np.nan
        return np.hstack([self.numbers, codes])


@dataclass(frozen=True)
class Problem:
    table: Table
    train: Rows
    test: Rows
    cardinalities: tuple[int, ...]  # categories of each column of codes, among the training rows
    classes: tuple[str, ...]  # none of a regression

    def score(self, predicted: Floats) -> dict[str, float]:
        """Return each metric that the table asks for, of probabilities [n, classes] or values [n]."""
        return {goal.metric: self._metric(goal.metric, self.test.truth, predicted) for goal in self.table.goals}

    def leading(self, truth: NDArray[np.generic], predicted: Floats) -> float:
        """Return the table's first metric on other rows, higher is better."""
        sign = 1 if self.table.goals[0].higher_is_better else -1
        return sign * self._metric(self.table.metric, truth, predicted)

    def _metric(self, metric: str, truth: NDArray[np.generic], predicted: Floats) -> float:
        if metric == "rmse":
            return float(root_mean_squared_error(truth, predicted)) * self.table.scale
        if metric == "auc":
            return float(roc_auc_score(truth, predicted[:, 1]))
        return float(accuracy_score(truth, predicted.argmax(axis=1)))


def load_problem(division: Division) -> Problem:
    """Read both files; kinds, categories and classes are those of the training rows."""
    table = division.table
    train, test = _read(division.train), _read(division.test)
    features = [name for name in train.columns if name != table.target]
    numeric = [name for name in features if name not in table.categories and _is_number(train[name])]
    known = {name: _levels(train[name]) for name in features if name not in numeric}
    classes = () if table.regression else _levels(train[table.target])

    def rows(frame: pl.DataFrame) -> Rows:
        numbers = [frame[name].cast(pl.Float64, strict=False).fill_null(np.nan).to_numpy() for name in numeric]
        codes = [_codes(frame[name], levels) for name, levels in known.items()]
        target = frame[table.target]
        truth = target.cast(pl.Float64).to_numpy() if table.regression else _codes(target, classes)
        empty = np.zeros((frame.height, 0))
        return Rows(
            np.column_stack([empty, *numbers]),
            np.column_stack([empty.astype(np.int64), *codes]).astype(np.int64),
            truth,
        )

    return Problem(table, rows(train), rows(test), tuple(map(len, known.values())), classes)


def imputed(problem: Problem) -> tuple[Floats, Floats]:
    """Return the numbers of training and test rows, a missing one as the median of the training rows."""
    middle = np.nanmedian(problem.train.numbers, axis=0)
    train, test = (np.where(np.isnan(part.numbers), middle, part.numbers) for part in (problem.train, problem.test))
    return train, test


def _read(path: Path) -> pl.DataFrame:
    return pl.read_csv(path, infer_schema=False, null_values=list(MISSING))


def _is_number(column: pl.Series) -> bool:
    said = column.drop_nulls()
    return len(said) > 0 and said.cast(pl.Float64, strict=False).null_count() == 0


def _levels(column: pl.Series) -> tuple[str, ...]:
    return tuple(column.drop_nulls().unique().sort().to_list())


def _codes(column: pl.Series, levels: tuple[str, ...]) -> NDArray[np.int64]:
    places = {level: place for place, level in enumerate(levels)}
    return np.array([places.get(cell, -1) for cell in column], dtype=np.int64)
