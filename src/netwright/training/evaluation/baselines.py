"""What a network has to beat: guessing without looking, and a linear model on the same inputs."""

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from threadpoolctl import threadpool_limits

from netwright.core.values import InputSpec, Task
from netwright.data import Prepared
from netwright.training.evaluation.tfidf import weigh

MOST_ROWS = 100_000  # that a baseline is fitted on; more would take longer than the network


def guess(task: Task, train_target: NDArray[Any], classes: int, rows: int) -> tuple[str, NDArray[np.float64]]:
    """Predict the class shares (or the mean) of the training rows for every row."""
    if task == "regression":
        return "mean", np.full(rows, train_target.astype(np.float64).mean())
    shares = np.bincount(train_target.astype(np.int64), minlength=classes) / len(train_target)
    return "majority", np.tile(shares, (rows, 1))


def linear(train: Prepared, rows: Prepared, spec: InputSpec) -> NDArray[np.float64]:
    """Fit a linear model (logistic or ridge regression, scikit-learn's defaults) and predict `rows`.

    Categories that the network embeds are one-hot here, and texts are weighed words and pairs (TF-IDF, a tenth of the
    usual penalty), so that both see the same.

    Returns:
        [n, classes] probabilities, or [n] values in the unit of `train.target`.
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression, Ridge

    assert train.target is not None
    step = -(-len(train.target) // MOST_ROWS)
    train = Prepared(train.numeric[::step], train.categorical[::step], train.target[::step])
    target, inputs, asked = train.target, _one_hot(train, spec.cardinalities), _one_hot(rows, spec.cardinalities)
    if spec.texts:
        weights = weigh(train, rows, spec.texts)
        inputs, asked = (sparse.csr_array(sparse.hstack(pair)) for pair in zip((inputs, asked), weights, strict=True))
    if spec.task == "regression":
        return np.asarray(Ridge().fit(inputs, target).predict(asked), dtype=np.float64)
    # On one thread: products this small lose by being shared out, eightfold on @digits.
    with warnings.catch_warnings(), threadpool_limits(1, user_api="blas"):
        warnings.simplefilter("ignore", ConvergenceWarning)  # 300 steps of L-BFGS are close enough for a baseline
        model = LogisticRegression(C=10.0 if spec.texts else 1.0, max_iter=300).fit(inputs, target)
    return spread(model.predict_proba(asked).astype(np.float64), model.classes_)


def _one_hot(prepared: Prepared, cardinalities: tuple[int, ...]) -> "NDArray[np.float32] | sparse.csr_array":
    numeric = np.ascontiguousarray(prepared.numeric)
    if not cardinalities:
        return numeric
    codes = prepared.categorical[:, : len(cardinalities)] + np.concatenate([[0], np.cumsum(cardinalities[:-1])]).astype(
        np.int64
    )
    rows = np.repeat(np.arange(len(codes)), codes.shape[1])
    ones = np.ones(codes.size, dtype=np.float32)
    hot = sparse.csr_array((ones, (rows, codes.ravel())), shape=(len(codes), sum(cardinalities)))
    return sparse.csr_array(sparse.hstack([sparse.csr_array(numeric), hot]))


def spread(probabilities: NDArray[np.float64], present: NDArray[np.int64]) -> NDArray[np.float64]:
    """Give classes that were absent from the training rows the probability 0."""
    if len(present) == present[-1] + 1:
        return probabilities
    full = np.zeros((len(probabilities), int(present[-1]) + 1))
    full[:, present] = probabilities
    return full
