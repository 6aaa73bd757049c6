"""What a user of scikit-learn takes for granted beside its checks."""

import copy
import pickle

import joblib
import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.utils import get_tags

from netwright.core.errors import RecipeError
from netwright.sklearn import EnsembleClassifier, EnsembleRegressor, NetworkClassifier, NetworkRegressor


def test_several_outputs_keep_their_shape(diabetes):
    features, values = diabetes
    both = np.column_stack([values, -2 * values + 7])
    model = NetworkRegressor(random_state=0).fit(features, both)
    said = model.predict(features)
    assert said.shape == both.shape
    assert model.score(features, both) > 0.5
    assert NetworkRegressor(random_state=0, epochs=2).fit(features, values[:, None]).predict(features).shape == (442, 1)


@pytest.mark.parametrize("kind", [NetworkRegressor, EnsembleRegressor])
def test_regression_foretells_in_its_own_unit(kind, diabetes):
    features, values = diabetes
    said = kind(random_state=0).fit(features, 1000 * values + 1e6).predict(features)
    assert abs(said.mean() - (1000 * values + 1e6).mean()) < 10_000


@pytest.mark.parametrize("labels", [["no", "yes", "perhaps"], [-1, 0, 5], [1.0, 2.0, 3.0]])
def test_labels_come_back_as_they_were(labels, iris):
    named = np.array(labels)[iris[1]]
    model = NetworkClassifier(random_state=0).fit(iris[0], named)
    assert model.classes_.tolist() == sorted(labels)
    assert model.predict(iris[0]).dtype == named.dtype
    assert model.score(iris[0], named) > 0.9


def test_truth_values_are_two_classes(iris):
    model = NetworkClassifier(random_state=0).fit(iris[0], iris[1] == 2)
    assert model.predict(iris[0]).dtype == bool
    assert model.decision_function(iris[0]).shape == (150,)
    assert np.array_equal(model.decision_function(iris[0]) > 0, model.predict(iris[0]))


@pytest.mark.parametrize("kind", [NetworkClassifier, EnsembleClassifier])
def test_the_same_seed_gives_the_same_bytes_and_chance_is_left_alone(kind, iris):
    before = np.random.get_state()[1].copy(), torch.get_rng_state()
    one = kind(random_state=3).fit(*iris)
    said = one.predict_proba(iris[0])
    assert np.array_equal(said, kind(random_state=3).fit(*iris).predict_proba(iris[0]))
    assert np.array_equal(said, one.fit(*iris).predict_proba(iris[0]))
    assert not np.array_equal(said, kind(random_state=4).fit(*iris).predict_proba(iris[0]))
    assert np.array_equal(before[0], np.random.get_state()[1])
    assert torch.equal(before[1], torch.get_rng_state())


def test_the_order_of_rows_does_not_matter(iris):
    order = np.random.default_rng(0).permutation(150)
    one, other = (NetworkClassifier(random_state=0).fit(iris[0][at], iris[1][at]) for at in (np.arange(150), order))
    assert np.array_equal(one.predict_proba(iris[0]), other.predict_proba(iris[0]))


def test_no_seed_means_another_network_each_time(iris):
    one, other = NetworkClassifier(epochs=1).fit(*iris), NetworkClassifier(epochs=1).fit(*iris)
    assert not np.array_equal(one.predict_proba(iris[0]), other.predict_proba(iris[0]))


def test_a_numpy_generator_is_a_random_state(iris):
    one, other = (
        NetworkClassifier(epochs=1, random_state=np.random.RandomState(5)).fit(*iris).predict_proba(iris[0])
        for _ in range(2)
    )
    assert np.array_equal(one, other)


@pytest.mark.parametrize("kind", [NetworkClassifier, EnsembleClassifier])
def test_copies_say_the_same(kind, iris, tmp_path):
    model = kind(random_state=0).fit(*iris)
    said = model.predict_proba(iris[0])
    joblib.dump(model, tmp_path / "model.joblib")
    for twin in (pickle.loads(pickle.dumps(model)), copy.deepcopy(model), joblib.load(tmp_path / "model.joblib")):
        assert np.array_equal(twin.predict_proba(iris[0]), said)


def test_a_pickle_holds_the_weights_once(iris):
    model = NetworkClassifier(random_state=0).fit(*iris)
    weights = sum(weight.numel() for weight in model.learned_.networks[0].parameters())
    assert len(pickle.dumps(model)) < 4 * weights + 60_000


def test_nothing_is_written(iris, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    NetworkClassifier(random_state=0).fit(*iris).predict(iris[0])
    assert list(tmp_path.iterdir()) == []


def test_every_choice_has_a_reason(iris):
    model = NetworkClassifier(random_state=0, epochs=3).fit(*iris)
    told = {choice.name: choice for choice in model.choices_}
    assert told["training.epochs"].reason == "asked for"
    assert told["training.batch_size"].value == 16
    assert told["training.engine"].value == "fused"
    assert all(choice.reason for choice in model.choices_)
    assert model.recipe_.training.epochs == model.n_iter_ == len(model.loss_curve_) == 3


def test_early_stopping_judges_by_rows_held_out(diabetes):
    model = NetworkRegressor(random_state=0, patience=3).fit(*diabetes)
    assert len(model.validation_loss_curve_) == model.n_iter_ < 100
    assert NetworkRegressor(validation_fraction=0, epochs=2).fit(*diabetes).validation_loss_curve_ == []
    assert NetworkRegressor(patience="none", epochs=9).fit(*diabetes).n_iter_ == 9


def test_the_eager_engine_trains_what_the_fused_one_cannot(iris):
    model = NetworkClassifier(random_state=0, activation=torch.sin, epochs=20).fit(*iris)
    told = next(choice for choice in model.choices_ if choice.name == "training.engine")
    assert (told.value, "cannot train this" in told.reason) == ("eager", True)
    assert model.score(*iris) > 0.9


def test_an_ensemble_is_the_mean_of_its_networks(iris):
    model = EnsembleClassifier(random_state=0, members=4, epochs=5).fit(*iris)
    assert len(model.learned_.networks) == 4
    alone = []
    for network in model.learned_.networks:
        single = copy.deepcopy(model)
        object.__setattr__(single.learned_, "networks", (network,))
        alone.append(single.predict_proba(iris[0]))
    assert not np.array_equal(alone[0], alone[1])
    assert np.allclose(model.predict_proba(iris[0]), np.mean(alone, axis=0))


def test_verbose_prints_each_epoch(iris, capsys):
    NetworkClassifier(random_state=0, epochs=2, verbose=True).fit(*iris)
    assert [line.split(":")[0] for line in capsys.readouterr().out.splitlines()] == ["epoch 1", "epoch 2"]
    EnsembleClassifier(random_state=0, epochs=2, members=2, verbose=True).fit(*iris)
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_settings_reach_any_part_of_the_recipe(iris):
    settings = {"training.label_smoothing": 0.1, "preparation.numeric": "standard", "network.residual": True}
    model = NetworkClassifier(random_state=0, epochs=1, hidden_sizes=[np.int64(8)], settings=settings).fit(*iris)
    recipe = model.recipe_
    assert (recipe.training.label_smoothing, recipe.preparation.numeric, recipe.network.residual) == (
        0.1,
        "standard",
        True,
    )
    assert recipe.network.hidden_sizes == (8,)
    assert model.settings == settings


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"hidden_sizes": (0,)}, "hidden_sizes: expected at most 1,000 whole numbers"),
        ({"dropout": 1.5}, "dropout: expected a share"),
        ({"optimizer": "adan"}, "did you mean 'adam"),
        ({"loss": "mse"}, "does not suit"),
        ({"epochs": "many"}, "training.epochs: expected"),
        ({"validation_fraction": 2}, "validation_fraction: expected a share"),
        ({"random_state": "x"}, "random_state: expected a whole number"),
        ({"settings": {"training.epoch": 3}}, "did you mean 'epochs'"),
        ({"settings": {"data.target": "y"}}, "fit is handed it"),
        ({"engine": "fast"}, "training.engine: expected one of"),
    ],
)
def test_a_parameter_that_makes_no_sense_is_refused_in_one_sentence(wrong, said, iris):
    with pytest.raises(RecipeError, match=said):
        NetworkClassifier(**wrong).fit(*iris)


@pytest.mark.parametrize("members", [0, 2.5, True])
def test_an_ensemble_has_members(members, iris):
    with pytest.raises(RecipeError, match="members: expected"):
        EnsembleClassifier(members=members).fit(*iris)


def test_before_fit_there_is_no_answer(iris):
    for kind in (NetworkClassifier, NetworkRegressor):
        with pytest.raises(NotFittedError):
            kind().predict(iris[0])


def test_tags_say_what_is_welcome():
    for kind in (NetworkClassifier, NetworkRegressor):
        tags = get_tags(kind())
        assert tags.input_tags.sparse
        assert tags.input_tags.allow_nan
        assert tags.input_tags.categorical
        assert tags.input_tags.string
    assert get_tags(NetworkRegressor()).target_tags.multi_output
    assert not get_tags(NetworkClassifier()).target_tags.multi_output


def test_a_clone_has_the_parameters_and_no_weights(iris):
    model = NetworkClassifier(random_state=0, hidden_sizes=(4,), epochs=1, settings={"training.l1": 1e-4}).fit(*iris)
    twin = clone(model)
    assert twin.get_params() == model.get_params()
    assert not hasattr(twin, "learned_")
    assert "hidden_sizes=(4,)" in repr(twin)
