"""A weight of k is k copies of a row, to the last bit, whatever the table; and classes can be weighted."""

import numpy as np
import polars as pl
import pytest

from netwright.core.errors import RecipeError
from netwright.sklearn import EnsembleClassifier, NetworkClassifier, NetworkRegressor
from netwright.sklearn.targets import class_weights


@pytest.fixture
def counts(flowers) -> np.ndarray:
    return np.random.default_rng(1).integers(0, 4, len(flowers[1]))


@pytest.mark.parametrize("kind", [NetworkClassifier, EnsembleClassifier])
def test_a_weight_is_a_number_of_copies_in_frames_too(kind, flowers, counts):
    frame, labels = flowers
    at = np.repeat(np.arange(len(labels)), counts)
    shuffled = np.random.default_rng(2).permutation(len(at))
    weighted = kind(random_state=0).fit(frame, labels, sample_weight=counts)
    repeated = kind(random_state=0).fit(frame[at[shuffled]], labels[at[shuffled]])
    assert np.array_equal(weighted.predict_proba(frame), repeated.predict_proba(frame))


def test_copies_and_weights_agree_where_rows_are_held_out(diabetes):
    features, values = diabetes
    counts = np.random.default_rng(3).integers(0, 3, len(values))
    at = np.repeat(np.arange(len(values)), counts)
    weighted = NetworkRegressor(random_state=0, epochs=5).fit(features, values, counts)
    repeated = NetworkRegressor(random_state=0, epochs=5).fit(features[at], values[at])
    assert weighted.validation_loss_curve_ == repeated.validation_loss_curve_
    assert np.array_equal(weighted.predict(features), repeated.predict(features))


def test_the_same_weight_everywhere_is_none(iris):
    plain = NetworkClassifier(random_state=0).fit(*iris)
    double = NetworkClassifier(random_state=0).fit(*iris, sample_weight=np.full(150, 2.5))
    assert np.array_equal(plain.predict_proba(iris[0]), double.predict_proba(iris[0]))


@pytest.mark.parametrize("engine", ["eager", "fused"])
def test_heavy_rows_decide(engine):
    """Two labels for each place: the network says what the heavier rows say."""
    features = np.repeat(np.linspace(-1, 1, 30)[:, None], 2, axis=0)
    labels, weights = np.tile([0, 1], 30), np.tile([1.0, 9.0], 30)
    model = NetworkClassifier(random_state=0, engine=engine, epochs=20, dropout=0.0)
    said = model.fit(features, labels, weights).predict_proba(features)[:, 1]
    assert said.mean() == pytest.approx(0.9, abs=0.05)


def test_both_engines_weight_rows_alike(iris):
    weights = np.random.default_rng(0).random(150)
    setting = {"random_state": 0, "dropout": 0.0, "epochs": 2}
    eager, fused = (NetworkClassifier(engine=name, **setting).fit(*iris, weights) for name in ("eager", "fused"))
    assert np.allclose(eager.loss_curve_, fused.loss_curve_, rtol=1e-4)


def test_classes_are_balanced_by_their_weight():
    numbers, weights = np.array([0, 0, 0, 1]), np.array([1.0, 1.0, 1.0, 2.0])
    factors = class_weights("balanced", numbers, weights, np.array(["a", "b"]))
    assert factors.tolist() == [5 / 6, 5 / 4]
    assert class_weights({"b": 3}, numbers, weights, np.array(["a", "b"])).tolist() == [1.0, 3.0]


@pytest.mark.parametrize("asked", ["even", 3, {"c": 1.0}])
def test_a_class_weight_that_makes_no_sense_is_refused(asked):
    with pytest.raises(RecipeError, match="class_weight: expected"):
        class_weights(asked, np.array([0]), np.ones(1), np.array(["a", "b"]))


def test_balancing_finds_the_rare_class():
    generator = np.random.default_rng(0)
    features, labels = generator.normal(size=(300, 2)), np.repeat([0, 1], [280, 20])
    features[labels == 1] += 1.0
    plain = NetworkClassifier(random_state=0).fit(features, labels)
    balanced = NetworkClassifier(random_state=0, class_weight="balanced").fit(features, labels)
    assert (balanced.predict(features) == 1).sum() > (plain.predict(features) == 1).sum()


@pytest.mark.parametrize("weights", [np.full(150, -1.0), np.full(150, np.nan), np.zeros(150)])
def test_weights_that_are_none_are_refused(weights, iris):
    with pytest.raises(ValueError, match=r"(?i)weight|NaN|negative"):
        NetworkClassifier().fit(*iris, sample_weight=weights)


def test_a_frame_of_copies_alone_is_refused():
    with pytest.raises(ValueError, match="at least 2 rows that differ"):
        NetworkRegressor().fit(pl.DataFrame({"a": [1.0, 1.0]}), [2.0, 2.0])
