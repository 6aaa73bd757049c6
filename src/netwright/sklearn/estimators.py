"""The estimators: thin classes over functions, as scikit-learn wants them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.base import ClassifierMixin, RegressorMixin
from sklearn.utils.validation import check_is_fitted

from netwright.sklearn.answers import log_probabilities, logits_of, mean_values
from netwright.sklearn.fitting import Given, fit_classifier, fit_regressor, pass_classifier, pass_regressor
from netwright.sklearn.parameters import NetworkParameters
from netwright.sklearn.saving import load_estimator, save_estimator
from netwright.sklearn.targets import task_for


@dataclass(eq=False, repr=False, kw_only=True)
class NetworkClassifier(ClassifierMixin, NetworkParameters):  # type: ignore[misc]  # scikit-learn ships no types
    """A feed-forward network that classifies rows of numbers or of raw tables.

    X may be an array, a sparse matrix (made dense: up to 2 GiB of float64 in `fit`, in blocks of 256 MiB to predict) or
    a pandas or Polars frame with text, categories, booleans, dates and missing cells, which need no encoder. Infinite
    cells of arrays are refused. Unseen categories and missing cells in `predict` are treated as by `netwright predict`.

    Rows that are the same in X and y are merged and their weights added, and rows are put into an order that their
    values decide: so a weight of k is k copies of a row, to the last bit, and the order of the rows does not matter.

    Args:
        class_weight: None, "balanced" or a weight for each class in a dict; multiplies the rows' own weights.
        others: see `NetworkParameters`.

    Attributes:
        classes_: the labels, sorted.
        n_features_in_, feature_names_in_: of X; the names if all are text.
        n_iter_, loss_curve_, validation_loss_curve_: epochs trained and their losses, mean over an ensemble's networks.
        choices_: every setting that was not given, with its reason; `recipe_` is the whole.
        schema_: the columns' kinds and roles with reasons where X was a frame, else None.
        rejected_: rows of a frame that could not be read: row (from 1, the first of its copies), column, value, reason.

    Example:
        >>> from sklearn.datasets import load_iris
        >>> X, y = load_iris(return_X_y=True)
        >>> NetworkClassifier(random_state=0).fit(X, y).score(X, y) > 0.9  # doctest: +SKIP
        True
    """

    class_weight: Any = None

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> "NetworkClassifier":  # noqa: N803
        """Train on rows X [n, features], labels y [n], and how much each row counts, sample_weight [n].

        Raises:
            ValueError: X, y, a weight or a parameter cannot be used.
        """
        fit_classifier(self, Given(X, y, sample_weight))
        return self

    def partial_fit(self, X: Any, y: Any, classes: Any = None, sample_weight: Any = None) -> "NetworkClassifier":  # noqa: N803
        """Take one pass over the rows; the first call learns the columns and needs all `classes`.

        Raises:
            ValueError: as `fit`; or a label is none of the classes.
        """
        pass_classifier(self, Given(X, y, sample_weight, one_pass=True), classes)
        return self

    def predict(self, X: Any) -> Any:  # noqa: N803
        """Return the most probable label of each row."""
        scores = self.predict_log_proba(X)
        return self.classes_[scores.argmax(axis=1)]

    def predict_proba(self, X: Any) -> Any:  # noqa: N803
        """Return probabilities, float64 [n, classes] in the order of `classes_`."""
        return np.exp(self.predict_log_proba(X))

    def predict_log_proba(self, X: Any) -> Any:  # noqa: N803
        """Return the logarithms of the probabilities."""
        check_is_fitted(self)
        return log_probabilities(logits_of(self, self.learned_, X), task_for(self.classes_))

    def decision_function(self, X: Any) -> Any:  # noqa: N803
        """Return log odds [n] of the second of two classes, or log probabilities [n, classes] of more."""
        scores = self.predict_log_proba(X)
        return scores[:, 1] - scores[:, 0] if len(self.classes_) == 2 else scores

    def save(self, path: str | Path) -> None:
        """Write a directory of JSON and safetensors; nothing is pickled."""
        save_estimator(self, Path(path))

    @classmethod
    def load(cls, path: str | Path) -> Any:
        """Return the fitted estimator that `save` wrote."""
        return load_estimator(cls, Path(path))

    def __sklearn_tags__(self) -> Any:
        return table_tags(super().__sklearn_tags__())


@dataclass(eq=False, repr=False, kw_only=True)
class NetworkRegressor(RegressorMixin, NetworkParameters):  # type: ignore[misc]  # scikit-learn ships no types
    """A feed-forward network that foretells one number or several for each row.

    What X may be, weights, merged rows and attributes are as of `NetworkClassifier`.

    Args:
        others: see `NetworkParameters`.

    Example:
        >>> from sklearn.datasets import load_diabetes
        >>> X, y = load_diabetes(return_X_y=True)
        >>> NetworkRegressor(random_state=0).fit(X, y).score(X, y) > 0.4  # doctest: +SKIP
        True
    """

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> "NetworkRegressor":  # noqa: N803
        """Train on rows X [n, features], values y [n] or [n, outputs], and weights of the rows [n].

        Raises:
            ValueError: X, y, a weight or a parameter cannot be used.
        """
        fit_regressor(self, Given(X, y, sample_weight))
        return self

    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None) -> "NetworkRegressor":  # noqa: N803
        """Take one pass over the rows; the first call learns the columns and y's scale. Errors as of `fit`."""
        pass_regressor(self, Given(X, y, sample_weight, one_pass=True))
        return self

    def predict(self, X: Any) -> Any:  # noqa: N803
        """Return values in y's unit and shape, float64 [n] or [n, outputs]."""
        check_is_fitted(self)
        return mean_values(logits_of(self, self.learned_, X), self.learned_)

    def save(self, path: str | Path) -> None:
        """Write a directory of JSON and safetensors; nothing is pickled."""
        save_estimator(self, Path(path))

    @classmethod
    def load(cls, path: str | Path) -> Any:
        """Return the fitted estimator that `save` wrote."""
        return load_estimator(cls, Path(path))

    def __sklearn_tags__(self) -> Any:
        tags = table_tags(super().__sklearn_tags__())
        tags.target_tags.multi_output = True
        return tags


@dataclass(eq=False, repr=False, kw_only=True)
class EnsembleClassifier(NetworkClassifier):
    """Several networks of different seeds, trained side by side, whose probabilities are averaged.

    Args:
        members: how many.
        others: see `NetworkClassifier`.
    """

    members: Any = 3


@dataclass(eq=False, repr=False, kw_only=True)
class EnsembleRegressor(NetworkRegressor):
    """Several networks of different seeds, trained side by side, whose answers are averaged.

    Args:
        members: how many.
        others: see `NetworkRegressor`.
    """

    members: Any = 3


def table_tags(tags: Any) -> Any:
    """Say that sparse matrices, missing cells, categories and text are welcome."""
    tags.input_tags.sparse = True
    tags.input_tags.allow_nan = True
    tags.input_tags.categorical = True
    tags.input_tags.string = True
    return tags
