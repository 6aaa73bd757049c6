"""What a network has to beat: guessing without looking, and a linear model on the same inputs."""

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from threadpoolctl import threadpool_limits

from netwright.core.values import ImageInput, InputSpec, Task
from netwright.data import Prepared
from netwright.training.evaluation.series_baselines import flat_values
from netwright.training.evaluation.tfidf import weigh

MOST_ROWS = 100_000  # that a baseline is fitted on; more would take longer than the network
MOST_IMAGES = 20_000  # or series
SIDE = 32  # pixels of the images that a linear model reads: more are as many weights, fitted to the same rows


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
    train = train.rows(slice(None, None, -(-len(train) // _most_rows(spec))))
    target, inputs, asked = train.target, one_hot(train, spec.cardinalities), one_hot(rows, spec.cardinalities)
    if spec.image is not None:
        inputs, asked = beside(inputs, small_images(train, spec.image)), beside(asked, small_images(rows, spec.image))
    if spec.series is not None:
        inputs, asked = beside(inputs, flat_values(train, spec.series)), beside(asked, flat_values(rows, spec.series))
    if spec.texts:
        weights = weigh(train, rows, spec.texts)
        inputs, asked = (sparse.csr_array(sparse.hstack(pair)) for pair in zip((inputs, asked), weights, strict=True))
    if spec.task == "regression":
        return np.asarray(Ridge().fit(inputs, target).predict(asked), dtype=np.float64)
    # On one thread: products this small lose by being shared out, eightfold on @digits.
    with warnings.catch_warnings(), threadpool_limits(1, user_api="blas"):
        warnings.simplefilter("ignore", ConvergenceWarning)  # 300 steps of L-BFGS are close enough for a baseline
        model = LogisticRegression(C=_penalty(spec), max_iter=300).fit(inputs, target)
    return spread(model.predict_proba(asked).astype(np.float64), model.classes_)


def _penalty(spec: InputSpec) -> float:
    """Return the inverse penalty: less for texts, whose weights are small, more for pixels, which are many."""
    return 10.0 if spec.texts else 1.0 if spec.image is None else 0.01


def _most_rows(spec: InputSpec) -> int:
    return MOST_ROWS if spec.image is None and spec.series is None else MOST_IMAGES


def small_images(rows: Prepared, image: ImageInput) -> NDArray[np.float32]:
    """Return images as a linear model reads them, [rows, numbers]: at most 32 x 32 means of blocks, standardised."""
    assert rows.pixels is not None
    blocks = [-(-side // SIDE) for side in (image.height, image.width)]
    sides = [side // block for side, block in zip((image.height, image.width), blocks, strict=True)]
    small = np.empty((len(rows), image.channels, *sides), np.float32)
    for start in range(0, len(rows), 1000):
        part = rows.pixels[start : start + 1000, :, : sides[0] * blocks[0], : sides[1] * blocks[1]]
        shape = (len(part), image.channels, sides[0], blocks[0], sides[1], blocks[1])
        small[start : start + 1000] = part.reshape(shape).mean(axis=(3, 5))
    mean, deviation = (np.array(values, np.float32)[:, None, None] for values in (image.mean, image.deviation))
    return np.asarray(((small - mean) / deviation).reshape(len(rows), -1), dtype=np.float32)


def beside(
    inputs: "NDArray[np.float32] | sparse.csr_array", pixels: NDArray[np.float32]
) -> "NDArray[np.float32] | sparse.csr_array":
    """Put more columns after those that are there."""
    if isinstance(inputs, np.ndarray):
        return np.concatenate([inputs, pixels], axis=1)
    return sparse.csr_array(sparse.hstack([inputs, sparse.csr_array(pixels)]))


def one_hot(prepared: Prepared, cardinalities: tuple[int, ...]) -> "NDArray[np.float32] | sparse.csr_array":
    """Return the numbers, and after them a column of 0 and 1 for each category that the network embeds."""
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
