"""Going on from what was learnt: one pass at a time, or a fit that begins where the last one ended."""

import copy
import pickle

import numpy as np
import pandas as pd
import pytest

from netwright.sklearn import EnsembleClassifier, NetworkClassifier, NetworkRegressor


def in_passes(model, features, labels, passes, **more):
    for number in range(passes):
        part = slice(number % 3, None, 3)
        model.partial_fit(features[part], labels[part], **more)
    return model


@pytest.mark.parametrize("model", [NetworkClassifier(random_state=0), EnsembleClassifier(random_state=0, members=2)])
def test_passes_learn(model, iris):
    in_passes(model, *iris, 30, classes=[0, 1, 2])
    assert model.score(*iris) > 0.9
    assert model.n_iter_ == 30
    assert model.loss_curve_[-1] < model.loss_curve_[0]


def test_passes_learn_values(diabetes):
    features, values = diabetes
    assert in_passes(NetworkRegressor(random_state=0), features, values, 24).score(features, values) > 0.4


def test_the_optimizer_goes_on_where_it_was(iris):
    """A copy made between two passes goes on to the same bytes; one whose optimizer is forgotten does not."""
    model = in_passes(NetworkClassifier(random_state=0), *iris, 6, classes=[0, 1, 2])
    twin, loose = pickle.loads(pickle.dumps(model)), copy.deepcopy(model)
    object.__setattr__(loose.learned_, "updaters", ())
    said = [other.partial_fit(*iris).predict_proba(iris[0]) for other in (model, twin, loose)]
    assert np.array_equal(said[0], said[1])
    assert not np.array_equal(said[0], said[2])


def test_the_first_pass_may_lack_a_class(iris):
    two = iris[1] < 2
    model = NetworkClassifier(random_state=0).partial_fit(iris[0][two], iris[1][two], classes=[0, 1, 2])
    assert model.predict_proba(iris[0]).shape == (150, 3)


def test_classes_must_be_told_first_and_stay(iris):
    with pytest.raises(ValueError, match="expected all classes at the first call"):
        NetworkClassifier().partial_fit(*iris)
    model = NetworkClassifier(random_state=0).partial_fit(*iris, classes=[0, 1, 2])
    with pytest.raises(ValueError, match="expected the classes"):
        model.partial_fit(*iris, classes=[0, 1])
    with pytest.raises(ValueError, match="expected the classes"):
        model.partial_fit(iris[0], iris[1] + 1)


def test_values_keep_their_columns(diabetes):
    features, values = diabetes
    model = NetworkRegressor(random_state=0).partial_fit(features, values)
    with pytest.raises(ValueError, match="y: expected 1 columns"):
        model.partial_fit(features, np.column_stack([values, values]))


def test_a_warm_start_goes_on_from_the_weights(iris):
    model = NetworkClassifier(random_state=0, epochs=3, warm_start=True).fit(*iris)
    first = model.loss_curve_[0]
    assert model.fit(*iris).loss_curve_[0] < first
    cold = NetworkClassifier(random_state=0, epochs=3).fit(*iris)
    assert cold.fit(*iris).loss_curve_[0] == first


def test_a_warm_start_keeps_the_network(iris):
    model = NetworkClassifier(random_state=0, epochs=1, warm_start=True).fit(*iris)
    with pytest.raises(ValueError, match="expected the network of the fit before"):
        model.set_params(hidden_sizes=(3,)).fit(*iris)
    with pytest.raises(ValueError, match="expected the classes"):
        model.set_params(hidden_sizes=None).fit(iris[0], iris[1] + 5)


def test_a_frame_goes_on_as_a_frame(flowers):
    frame, labels = flowers
    model = NetworkClassifier(random_state=0, class_weight="balanced")
    for _ in range(20):
        model.partial_fit(frame, labels, classes=["lily", "rose"], sample_weight=np.ones(120))
    assert model.score(frame, labels) > 0.9


def test_numbers_do_not_go_on_as_a_table(iris):
    table = pd.DataFrame(iris[0])
    model = NetworkClassifier(random_state=0).partial_fit(*iris, classes=[0, 1, 2])
    with pytest.raises(ValueError, match="expected an array of numbers as in the first fit"):
        model.partial_fit(table, iris[1])
