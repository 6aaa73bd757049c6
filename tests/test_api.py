"""The Python face, on a table small enough to fit in a second."""

import math

import numpy as np
import pandas as pd
import polars as pl
import pytest
import torch

import netwright as nw
from netwright.api import parse_budget
from netwright.core.errors import NetwrightError, RecipeError, RunError

QUICK = {"training.epochs": 3, "training.threads": 1}


def _options(tmp_path) -> nw.FitOptions:
    return nw.FitOptions(runs=tmp_path)


def test_a_run_answers_for_every_row(finished_run):
    run = nw.load(finished_run)
    new = pl.DataFrame({"colour": ["red", "violet", None], "width": [1.0, None, 3.0], "height": [1.0, 2.0, 3.0]})
    said = run.predict(new)
    assert said.height == 3
    assert said.columns == ["prediction", "probability_lily", "probability_rose"]
    np.testing.assert_allclose(said["probability_lily"] + said["probability_rose"], 1.0)
    assert set(said["prediction"]) <= {"lily", "rose"}


def test_the_order_of_columns_and_rows_does_not_matter(finished_run):
    run = nw.load(finished_run)
    new = pl.DataFrame({"width": [1.0, 2.0], "height": [1.0, 2.0], "colour": ["red", "blue"]})
    said, turned = run.predict(new), run.predict(new.select("colour", "height", "width").reverse())
    assert said["prediction"].to_list() == turned["prediction"].to_list()[::-1]
    np.testing.assert_allclose(said["probability_lily"], turned["probability_lily"].reverse(), atol=1e-6)


@pytest.mark.parametrize(("embedding", "members"), [("periodic", 1), ("piecewise", 3)])
def test_a_run_with_embedded_numbers_or_members_is_loaded_as_it_was_saved(tmp_path, embedding, members):
    factors = {"training.rate_factors": {"numeric_embedding": 0.5}, "training.decay_factors.bias": 0.1}
    network = {"network.numeric_embedding": embedding, "network.scaling": True, "network.parametric": True}
    network["network.members"] = members
    run = nw.fit("@breast-cancer", settings={**QUICK, **network, **factors}, options=_options(tmp_path))
    assert run.model.module.numeric_embedding.features == 60  # both views of 30 columns
    again, source = nw.load(run.path), "@breast-cancer"
    assert again.model.recipe.network.members == members
    assert again.model.recipe.training.decay_factors == {"bias": 0.1}
    assert again.predict(source).equals(run.predict(source))
    assert again.evaluate(source).metrics["accuracy"].value > 0.8
    repeated = nw.fit(options=nw.FitOptions(runs=tmp_path, recipe=run.path / "recipe.toml"))
    assert (repeated.path / "weights.safetensors").read_bytes() == (run.path / "weights.safetensors").read_bytes()


def test_the_same_call_twice_gives_the_same_bytes(tmp_path):
    runs = [nw.fit("@iris", settings=QUICK, options=_options(tmp_path)) for _ in range(2)]
    weights = [(run.path / "weights.safetensors").read_bytes() for run in runs]
    assert weights[0] == weights[1]


def test_a_recipe_repeats_the_run_byte_for_byte(tmp_path, finished_run):
    again = nw.fit(options=nw.FitOptions(runs=tmp_path, recipe=finished_run / "recipe.toml"))
    assert (again.path / "weights.safetensors").read_bytes() == (finished_run / "weights.safetensors").read_bytes()


@pytest.mark.parametrize("kind", ["polars", "pandas", "pair", "matrix"])
def test_data_in_memory(tmp_path, kind):
    generator = np.random.default_rng(0)
    inputs, target = generator.normal(size=(80, 3)), generator.normal(size=80)
    named = {"a": inputs[:, 0], "b": inputs[:, 1], "c": inputs[:, 2], "y": target}
    source = {
        "polars": lambda: pl.DataFrame(named),
        "pandas": lambda: pd.DataFrame(named),
        "pair": lambda: (inputs, target),
        "matrix": lambda: np.column_stack([inputs, target]),
    }[kind]()
    run = nw.fit(source, None if kind == "pair" else -1, settings=QUICK, options=_options(tmp_path))
    assert run.schema.task == "regression"
    assert math.isfinite(run.evaluation.metrics["rmse"].value)
    assert run.predict(source).height == 80


def test_a_function_of_the_user_as_activation(tmp_path):
    run = nw.fit("@iris", settings=QUICK | {"network.activation": torch.sin}, options=_options(tmp_path))
    said = run.predict("@iris")
    with pytest.raises(RunError, match="pass it again"):
        nw.load(run.path).predict("@iris")
    assert nw.load(run.path, activation=torch.sin).predict("@iris").equals(said)


@pytest.mark.parametrize(
    ("labels", "dtype"), [([0, 1], pl.Int64), ([True, False], pl.Boolean), (["a", "b"], pl.String)]
)
def test_predictions_are_of_the_target_s_type(tmp_path, labels, dtype):
    inputs = np.random.default_rng(0).normal(size=(60, 2))
    target = np.array(labels)[(inputs[:, 0] > 0).astype(int)]
    run = nw.fit((inputs, target), settings=QUICK, options=_options(tmp_path))
    assert run.predict((inputs, target))["prediction"].dtype == dtype


def test_a_budget_shortens_the_training_and_still_tests_and_saves(tmp_path):
    endless = {"training.patience": None, "training.epochs": 100_000, "training.threads": 1}
    run = nw.fit("@digits", settings=endless, budget="10s", options=_options(tmp_path))
    assert run.summary.seconds < 20  # twice the budget, on a busy machine
    assert 1 <= len(run.summary.epochs) < 100_000
    assert run.evaluation.metrics["accuracy"].value > 0.8


def test_observers_see_every_epoch(tmp_path):
    seen = []
    nw.fit("@iris", settings=QUICK, options=nw.FitOptions(runs=tmp_path, observers=(seen.append,)))
    assert [record.epoch for record in seen if record.kind == "epoch"] == [1, 2, 3]


def test_evaluate_on_the_test_source_says_what_the_run_said(finished_run, tmp_path):
    table = finished_run.parent / "flowers.csv"
    run = nw.load(finished_run)
    found = run.evaluate(table)
    assert found.rows == 120
    assert 0 <= found.metrics["accuracy"].low <= found.metrics["accuracy"].value <= found.metrics["accuracy"].high <= 1


def test_an_unknown_setting_names_the_nearest(tmp_path):
    with pytest.raises(RecipeError, match="'epochs'"):
        nw.fit("@iris", settings={"training.epoch": 3}, options=_options(tmp_path))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90), ("90s", 90), ("2m", 120), ("1h30m", 5400), ("1.5", 1.5), (3, 3), (None, None)]
)
def test_budget(text, seconds):
    assert parse_budget(text) == seconds


@pytest.mark.parametrize("text", ["soon", "", "-3", "0", "2 days"])
def test_nonsense_budget(text):
    with pytest.raises(NetwrightError, match="90s"):
        parse_budget(text)


def test_an_unknown_name_of_the_package_is_an_attribute_error():
    with pytest.raises(AttributeError, match="nope"):
        _ = nw.nope
