"""Boosted trees as a baseline: on tables they are hard to beat, so a network is measured beside them.

Source: L. Grinsztajn, E. Oyallon, G. Varoquaux, Why do tree-based models still outperform deep learning on typical
tabular data?, 2022. The trees are scikit-learn's HistGradientBoosting with its defaults.
"""

import time
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from netwright.core.values import Task
from netwright.data import Prepared
from netwright.training.evaluation.baselines import MOST_ROWS, spread

THREADS = 1  # two took 1.3 to 19 times as long on two cores that others used too
MOST_SECONDS = 60.0  # that a baseline is worth without a budget
SHARE = 0.1  # of what is left of a budget
MOST_CATEGORIES = 255  # of a column; more are read as numbers
PROBE = 2  # trees a class, from which the time is foretold


@dataclass(frozen=True)
class Trees:
    """What the trees say of rows, or why there are none."""

    predicted: NDArray[np.float64] | None  # [n, classes] probabilities, or [n] values in the unit of `train.target`
    seconds: float
    skipped: str = ""


def boosted_trees(
    task: Task, train: Prepared, rows: Prepared, cardinalities: tuple[int, ...], left: float | None
) -> Trees:
    """Fit boosted trees on what the network sees (every k-th row where there are more than MOST_ROWS).

    Args:
        task: classes or values.
        train: rows to learn from.
        rows: rows to answer for.
        cardinalities: of the categorical inputs.
        left: seconds that are left of a budget; None: no budget.
    """
    if left is not None and left <= 0:
        return Trees(None, 0.0, "the budget is used up")
    room = MOST_SECONDS if left is None else SHARE * left
    model, started = _model(task, cardinalities, train.numeric.shape[1]), time.monotonic()
    foretold = _foretell(model, train)
    if foretold > room:
        whose = "a baseline is worth" if left is None else f"a budget with {left:.0f} s left has for them"
        return Trees(None, 0.0, f"they would take about {foretold:.0f} s, more than the {room:.1f} s that {whose}")
    said = _predict(_fit(model, train), rows, task)
    return Trees(said, time.monotonic() - started)


def _model(task: Task, cardinalities: tuple[int, ...], numeric: int) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    kind = HistGradientBoostingRegressor if task == "regression" else HistGradientBoostingClassifier
    categorical = [False] * numeric + [slots <= MOST_CATEGORIES for slots in cardinalities]
    return kind(categorical_features=categorical if any(categorical) else None, random_state=0)


def _foretell(model: Any, train: Prepared) -> float:
    """Return the seconds that the fit would take if every tree took as long as the first."""
    from sklearn.base import clone

    before = time.monotonic()
    _fit(clone(model).set_params(max_iter=PROBE), train)
    return (time.monotonic() - before) * float(model.max_iter) / PROBE


def _fit(model: Any, train: Prepared) -> Any:
    assert train.target is not None
    step = -(-len(train.target) // MOST_ROWS)
    with threadpool_limits(THREADS, user_api="openmp"):
        return model.fit(_inputs(train)[::step], train.target[::step])


def _predict(model: Any, rows: Prepared, task: Task) -> NDArray[np.float64]:
    with threadpool_limits(THREADS, user_api="openmp"):
        if task == "regression":
            return np.asarray(model.predict(_inputs(rows)), dtype=np.float64)
        return spread(model.predict_proba(_inputs(rows)).astype(np.float64), model.classes_)


def _inputs(prepared: Prepared) -> NDArray[np.float32]:
    return np.concatenate([prepared.numeric, prepared.categorical.astype(np.float32)], axis=1)
