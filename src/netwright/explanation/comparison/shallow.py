"""Shallow models: linear, nearest neighbours, a tree, boosted trees, all of scikit-learn."""

import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from netwright.core.values import InputSpec
from netwright.data import Preparation
from netwright.explanation.comparison.memory import with_memory
from netwright.explanation.comparison.stored import bytes_of
from netwright.explanation.comparison.trained import Answers, Trained
from netwright.explanation.comparison.views import Matrix

NEIGHBOURS = 15
ROUNDS, LEAST_ROUNDS = 100, 10  # trees a class
PROBES = (1, 5)  # rounds that are timed: the first one has what all share, as sorting values into bins


@dataclass(frozen=True)
class Shallow:
    """A kind of shallow model."""

    what: Callable[[Any], str]  # a fitted model's settings in a clause
    make: Callable[[InputSpec, int], Any]  # for the task and a number of rows
    reads_dense: bool
    stored: Callable[[Any], int]
    reaching: Callable[[Any], float]


def _linear(spec: InputSpec, _rows: int) -> Any:
    from sklearn.linear_model import LogisticRegression, Ridge

    penalty = 10.0 if spec.texts else 0.1 if spec.image is not None else 1.0  # as the baseline of `fit` has it
    return Ridge() if spec.task == "regression" else LogisticRegression(C=penalty, max_iter=300)


def _neighbours(spec: InputSpec, rows: int) -> Any:
    from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor

    kind = KNeighborsRegressor if spec.task == "regression" else KNeighborsClassifier
    return kind(n_neighbors=min(NEIGHBOURS, rows), algorithm="brute", n_jobs=1)


def _tree(spec: InputSpec, rows: int) -> Any:
    from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

    kind = DecisionTreeRegressor if spec.task == "regression" else DecisionTreeClassifier
    return kind(min_samples_leaf=max(2, round(rows**0.5 / 4)), random_state=0)


def _boosted(spec: InputSpec, _rows: int) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    kind = HistGradientBoostingRegressor if spec.task == "regression" else HistGradientBoostingClassifier
    return kind(max_iter=ROUNDS, random_state=0)


def _path(model: Any) -> float:
    """Return how many thresholds a training row meets on its way down a tree, on average."""
    tree = model.tree_
    depths = np.zeros(tree.node_count)
    for node in range(tree.node_count):  # parents come before their children
        for child in (tree.children_left[node], tree.children_right[node]):
            if child >= 0:
                depths[child] = depths[node] + 1
    leaves = tree.children_left < 0
    return (
        float(np.average(depths[leaves], weights=tree.weighted_n_node_samples[leaves])) + 1.0
    )  # and what the leaf says


def _paths(model: Any) -> float:
    """Return the same, over every boosted tree."""
    found = 0.0
    for tree in (tree for trees in model._predictors for tree in trees):
        leaves = tree.nodes[tree.nodes["is_leaf"] == 1]
        found += float(np.average(leaves["depth"], weights=leaves["count"])) + 1.0
    return found


def _kept_rows(model: Any) -> int:
    rows = model._fit_X
    return int(rows.nnz if sparse.issparse(rows) else rows.size) + len(model._y)


def _coefficients(model: Any) -> int:
    return int(np.size(model.coef_) + np.size(model.intercept_))


def _nodes(model: Any) -> int:
    return sum(len(tree.nodes) for trees in model._predictors for tree in trees)


SHALLOW: dict[str, Shallow] = {
    "linear model": Shallow(
        lambda model: f"ridge, penalty {model.alpha:g}" if hasattr(model, "alpha") else f"logistic, C = {model.C:g}",
        _linear,
        False,
        _coefficients,
        _coefficients,
    ),
    "nearest neighbours": Shallow(
        lambda model: f"the {model.n_neighbors} nearest rows", _neighbours, False, _kept_rows, _kept_rows
    ),
    "decision tree": Shallow(
        lambda model: f"depth {model.get_depth()}, at least {model.min_samples_leaf} rows a leaf",
        _tree,
        False,
        lambda model: int(model.tree_.node_count),
        _path,
    ),
    "boosted trees": Shallow(
        lambda model: f"{model.n_iter_} rounds of trees with at most 31 leaves", _boosted, True, _nodes, _paths
    ),
}


@dataclass(frozen=True)
class Learner:
    """A shallow model about to learn."""

    name: str
    preparation: Preparation
    room: float  # seconds that it may take: boosted trees take fewer rounds where there are fewer

    def fit(self, train: Matrix, target: Any) -> tuple[Trained, str]:
        """Return the fitted model, and its settings in words."""
        shallow = SHALLOW[self.name]
        model = shallow.make(self.preparation.spec, len(target))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # not converged, too few rows of a class: the test rows will tell
            note = self._shorten(model, train, target)
            seconds, memory = with_memory(lambda: _timed_fit(model, train, target))
        trained = Trained(
            lambda rows: answers_of(model, rows, self.preparation),
            seconds,
            shallow.stored(model),
            round(shallow.reaching(model)),
            bytes_of(model),
            memory,
            note,
        )
        return trained, shallow.what(model)

    def _shorten(self, model: Any, train: Matrix, target: Any) -> str:
        """Take fewer rounds of boosted trees where all of them would take too long."""
        from sklearn.base import clone

        if self.name != "boosted trees":
            return ""
        few, some = (_seconds(clone(model), rounds, train, target) for rounds in PROBES)
        each = max((some - few) / (PROBES[1] - PROBES[0]), 1e-9)
        rounds = int((self.room - few) / each)
        if rounds >= ROUNDS:
            return ""
        model.set_params(max_iter=max(LEAST_ROUNDS, rounds))
        return f"{model.max_iter} rounds of trees in place of {ROUNDS}, for the budget"


def _seconds(model: Any, rounds: int, train: Matrix, target: Any) -> float:
    began = time.monotonic()
    model.set_params(max_iter=rounds).fit(train, target)
    return time.monotonic() - began


def _timed_fit(model: Any, train: Matrix, target: Any) -> float:
    """Return the processor seconds of a fit on this thread."""
    began = time.thread_time()
    model.fit(train, target)
    return time.thread_time() - began


def answers_of(model: Any, rows: Matrix, preparation: Preparation) -> Answers:
    """Return what a fitted model says of rows; a class that it never saw has the probability 0."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if preparation.spec.task == "regression":
            return np.asarray(preparation.target.decode(np.asarray(model.predict(rows), np.float64)))
        said = np.asarray(model.predict_proba(rows), dtype=np.float64)
    full = np.zeros((len(said), max(preparation.spec.outputs, 2)))
    full[:, model.classes_.astype(np.int64)] = said
    return full
