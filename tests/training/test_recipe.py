"""Recipes: strict about names and types, the same after a trip through TOML."""

import tomllib
from dataclasses import replace

import pytest

from netwright.core.errors import RecipeError
from netwright.core.values import Choice, Column, Schema
from netwright.training.defaults import complete
from netwright.training.recipe import Recipe, leaves, merge, recipe_from, with_activation
from netwright.training.settings import parse_settings, plain, recipe_to_toml

SCHEMA = Schema(
    columns=(
        Column("a.b", 0, "numeric", "numbers\nonly", "feature", "the rest", 3, 0, 3),
        Column("y", 1, "boolean", "yes and no", "target", "asked for", 3, 0, 2),
    ),
    target="y",
    task="binary",
    task_reason="two classes",
)


@pytest.mark.parametrize(
    ("tree", "words"),
    [
        ({"trainig": {}}, "'training'"),
        ({"training": {"epoch": 3}}, "'epochs'"),
        ({"training": {"epochs": "many"}}, "training.epochs: expected int, got str"),
        ({"network": {"hidden_sizes": [3, "a"]}}, "network.hidden_sizes[1]: expected int"),
        ({"schema": {"columns": {"a": {"kind": "numerc"}}}}, "'numeric'"),
        ({"schema": {"columns": {"a": {"knd": "numeric"}}}}, "'kind'"),
        ({"schema": {"columns": {"a": "numeric"}}}, "a table"),
        ({"training": 3}, "a table"),
    ],
)
def test_a_wrong_name_or_type_is_named(tree, words):
    with pytest.raises(RecipeError) as error:
        recipe_from(tree, "recipe.toml")
    assert words in str(error.value)
    assert str(error.value).startswith("recipe.toml: ")


def test_toml_gives_the_same_recipe_back_with_reasons():
    recipe = recipe_from({"training": {"epochs": 7, "patience": None}, "network": {"hidden_sizes": [5]}}, "")
    text = recipe_to_toml(recipe, [Choice("training.epochs", 7, "a test")], SCHEMA)
    tree = tomllib.loads(text)
    assert "epochs = 7 # a test" in text
    assert 'kind = "numeric" # numbers only' in text
    assert tree["schema"].pop("columns")["a.b"] == {"kind": "numeric", "role": "feature"}
    assert recipe_from(tree, "recipe.toml") == recipe


def test_factors_survive_toml_and_are_set_one_by_one():
    tree = parse_settings(["training.rate_factors.bias=0.1", "training.rate_factors.activation=2"])
    recipe = recipe_from(tree, "--set")
    assert recipe.training.rate_factors == {"bias": 0.1, "activation": 2.0}
    assert recipe.training.decay_factors == {}
    text = recipe_to_toml(recipe, [], SCHEMA)
    assert "rate_factors = {bias = 0.1, activation = 2.0}" in text
    again = tomllib.loads(text)
    again["schema"].pop("columns")
    assert recipe_from(again, "recipe.toml") == recipe
    with pytest.raises(RecipeError, match=r"training.rate_factors.bias: expected `?float"):
        recipe_from(parse_settings(["training.rate_factors.bias=much"]), "--set")


def test_none_is_a_word_where_none_is_allowed():
    assert recipe_from(parse_settings(["training.patience=none"]), "").training.patience is None


def test_settings_are_toml_and_a_bare_word_is_a_string():
    tree = parse_settings(["training.epochs=3", "network.hidden_sizes=[4, 2]", "training.optimizer=sgd"])
    assert tree == {"training": {"epochs": 3, "optimizer": "sgd"}, "network": {"hidden_sizes": [4, 2]}}


def test_a_column_name_may_hold_dots():
    tree = parse_settings(["schema.columns.a.b.kind=categorical"])
    assert tree == {"schema": {"columns": {"a.b": {"kind": "categorical"}}}}


def test_merge_leaves_both_as_they_were():
    base = {"a": {"x": 1}}
    assert merge(base, {"a": {"y": 2}}) == {"a": {"x": 1, "y": 2}}
    assert base == {"a": {"x": 1}}


def test_a_python_function_is_named_in_the_plain_recipe():
    recipe = with_activation(Recipe(), abs)
    assert plain(recipe)["network"]["activation"] == "python:abs"
    assert plain(replace(recipe, network=Recipe().network))["network"]["activation"] == "leaky_relu"


def test_leaves_are_all_settings_by_dotted_name():
    found = leaves(Recipe())
    assert found["training.epochs"] == Recipe().training.epochs
    assert found["split.seed"] == 0


@pytest.mark.parametrize(
    ("asked", "recipe", "members"),
    [
        ({}, "netwright", 8),
        ({"ensemble": {"members": 8}}, "single", 1),
        ({"ensemble": {"members": 1}}, "netwright", 8),
        ({"ensemble": {"members": 8}, "preset": {"recipe": "netwright"}}, "netwright", 8),
        ({"ensemble": {"members": 2}, "preset": {"quality": "best"}}, "netwright", 8),
    ],
)
def test_an_ensemble_is_of_single_networks_unless_asked_otherwise(asked, recipe, members):
    completed, choices = complete(asked, "binary", 400)
    assert next(choice.value for choice in choices if choice.name == "preset.recipe") == recipe
    assert completed.network.members == members
