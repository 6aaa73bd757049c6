"""y and the rows' weights: labels of any type to class numbers, values to standard deviations, and back."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_sample_weight, assert_all_finite, check_array, column_or_1d

from netwright.core.errors import RecipeError, SchemaError
from netwright.core.values import Task


@dataclass(frozen=True)
class Values:
    """Regression targets (y - mean) / deviation, one or several to a row."""

    mean: np.ndarray  # float64 [outputs]
    deviation: np.ndarray
    flat: bool  # y had one dimension
    low: np.ndarray  # the range of y
    high: np.ndarray

    def encode(self, y: np.ndarray) -> np.ndarray:
        """float32 [rows], or [rows, outputs] of several."""
        standard: np.ndarray = ((y - self.mean) / self.deviation).astype(np.float32)
        return standard[:, 0] if standard.shape[1] == 1 else standard

    def decode(self, standard: np.ndarray, clamped: bool = False) -> np.ndarray:
        """float64 in y's own unit and shape; `clamped` holds it to the range of the y that was learnt from."""
        y: np.ndarray = standard * self.deviation + self.mean
        y = np.clip(y, self.low, self.high) if clamped else y
        return y[:, 0] if self.flat else y


def learn_values(y: np.ndarray, weights: np.ndarray, flat: bool) -> Values:
    """Learn weighted mean, deviation and the range from y [rows, outputs]; a constant has deviation 1."""
    mean = np.average(y, axis=0, weights=weights)
    deviation = np.sqrt(np.average(np.square(y - mean), axis=0, weights=weights))
    return Values(mean, np.where(deviation > 0, deviation, 1.0), flat, y.min(axis=0), y.max(axis=0))


def check_labels(y: Any) -> np.ndarray:
    """Return labels [rows] as scikit-learn checks them."""
    labels = column_or_1d(y, warn=True)
    assert_all_finite(labels, input_name="y")
    check_classification_targets(labels)
    return np.asarray(labels)


def check_values(y: Any) -> tuple[np.ndarray, bool]:
    """Return values float64 [rows, outputs], and whether y had one dimension."""
    values = check_array(y, ensure_2d=False, dtype=np.float64, input_name="y")
    return values.reshape(len(values), -1), values.ndim == 1


def check_weights(sample_weight: Any, rows: int) -> np.ndarray:
    """Return a weight for each row, float64, at least 0 and not all 0."""
    weights = _check_sample_weight(sample_weight, np.empty((rows, 0)), dtype=np.float64, ensure_non_negative=True)
    if not weights.any():
        raise SchemaError(
            "sample_weight: expected a weight that is not zero, got zeros alone; leave it out to weight none"
        )
    return np.asarray(weights)


def class_numbers(labels: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """Return int64 positions in the sorted `classes`.

    Raises:
        SchemaError: a label is no class.
    """
    numbers = np.minimum(np.searchsorted(classes, labels), len(classes) - 1)
    strange = np.asarray(classes[numbers] != labels)
    if strange.any():
        raise SchemaError(f"y: expected the classes {classes.tolist()}, got {labels[strange][0]!r} too; fit anew")
    return numbers.astype(np.int64)


def class_weights(asked: Any, numbers: np.ndarray, weights: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """Return each class's factor [classes]: all / (classes x rows of the class) where balanced, rows by weight.

    Raises:
        RecipeError: it is neither None, "balanced" nor a dict of classes.
    """
    if asked is None:
        return np.ones(len(classes))
    if isinstance(asked, str) and asked == "balanced":
        rows = np.bincount(numbers, weights, minlength=len(classes))
        return np.asarray(weights.sum() / (len(classes) * np.where(rows > 0, rows, 1.0)))
    if not isinstance(asked, dict):
        raise RecipeError(f'class_weight: expected None, "balanced" or a dict of class and weight, got {asked!r}')
    strange = [label for label in asked if label not in classes.tolist()]
    if strange:
        raise RecipeError(f"class_weight: expected the classes {classes.tolist()}, got {strange[0]!r}")
    return np.array([float(asked.get(label, 1.0)) for label in classes.tolist()])


def task_for(classes: np.ndarray) -> Task:
    """Two classes have one logit, more have one each.

    Raises:
        SchemaError: there is one class alone.
    """
    if len(classes) < 2:
        raise SchemaError(
            f"y: expected at least 2 classes, got 1 class: {classes.tolist()[0]!r}; bring rows of another"
        )
    return "binary" if len(classes) == 2 else "multiclass"
