"""`save` and `load`: JSON and safetensors, the same answers, and one sentence where it cannot be."""

import json

import numpy as np
import pytest
import torch
from sklearn.exceptions import NotFittedError

from netwright.core.errors import RunError
from netwright.sklearn import EnsembleClassifier, NetworkClassifier, NetworkRegressor


def test_a_frame_model_comes_back(flowers, tmp_path):
    frame, labels = flowers
    model = NetworkClassifier(random_state=0, hidden_sizes=(8, 4), class_weight={"lily": 2.0, "rose": 1.0})
    model.fit(frame, labels).save(tmp_path / "model")
    assert {path.name for path in (tmp_path / "model").iterdir()} == {
        "estimator.json",
        "schema.json",
        "weights.safetensors",
    }
    twin = NetworkClassifier.load(tmp_path / "model")
    assert np.array_equal(twin.predict_proba(frame), model.predict_proba(frame))
    assert twin.get_params() == model.get_params()
    assert twin.feature_names_in_.tolist() == model.feature_names_in_.tolist()
    assert (twin.n_iter_, twin.schema_, twin.recipe_) == (model.n_iter_, model.schema_, model.recipe_)


@pytest.mark.parametrize("labels", [["a", "b", "c"], [1.0, 2.0, 3.0], [3, 1, 2]])
def test_labels_keep_their_type(labels, iris, tmp_path):
    model = EnsembleClassifier(random_state=0, epochs=1, members=2).fit(iris[0], np.array(labels)[iris[1]])
    model.save(tmp_path / "model")
    twin = EnsembleClassifier.load(tmp_path / "model")
    assert twin.classes_.dtype == model.classes_.dtype
    assert np.array_equal(twin.predict(iris[0]), model.predict(iris[0]))
    assert np.array_equal(twin.partial_fit(iris[0], model.classes_[iris[1]]).classes_, model.classes_)


def test_several_values_come_back(diabetes, tmp_path):
    features, values = diabetes
    model = NetworkRegressor(random_state=0, epochs=2).fit(features, np.column_stack([values, values**2]))
    model.save(tmp_path / "model")
    assert np.array_equal(NetworkRegressor.load(tmp_path / "model").predict(features), model.predict(features))


def test_what_cannot_be_saved_says_so(iris, tmp_path):
    with pytest.raises(NotFittedError):
        NetworkClassifier().save(tmp_path / "model")
    model = NetworkClassifier(epochs=1, activation=torch.sin).fit(*iris)
    with pytest.raises(RunError, match=r"activation=.* is nothing that a file of JSON can hold"):
        model.save(tmp_path / "model")
    NetworkClassifier(epochs=1).fit(*iris).save(tmp_path / "taken")
    with pytest.raises(RunError, match="exists already"):
        NetworkClassifier(epochs=1).fit(*iris).save(tmp_path / "taken")
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


def test_what_cannot_be_loaded_says_so(iris, tmp_path):
    with pytest.raises(RunError, match="found none"):
        NetworkClassifier.load(tmp_path / "nothing")
    NetworkClassifier(epochs=1).fit(*iris).save(tmp_path / "model")
    with pytest.raises(RunError, match="holds a NetworkClassifier, not a NetworkRegressor"):
        NetworkRegressor.load(tmp_path / "model")
    (tmp_path / "model" / "weights.safetensors").write_bytes(b"broken")
    with pytest.raises(RunError, match=r"weights\.safetensors is damaged"):
        NetworkClassifier.load(tmp_path / "model")
    stored = json.loads((tmp_path / "model" / "estimator.json").read_text())
    (tmp_path / "model" / "estimator.json").write_text(json.dumps({**stored, "networks": "two"}))
    with pytest.raises(RunError, match="is damaged"):
        NetworkClassifier.load(tmp_path / "model")
