"""Every change of the vocabulary either becomes valid settings of a recipe, or does not apply to recipes."""

from dataclasses import replace

import pytest

from netwright.core.values import InputSpec
from netwright.diagnosis.changes import CHANGES
from netwright.diagnosis.illness import Change
from netwright.diagnosis.illnesses import ILLNESSES
from netwright.diagnosis.treatment.controls import VALUES
from netwright.diagnosis.treatment.recipes import SETTINGS, apply_to_recipe, settings_of, shortened, with_settings
from netwright.networks import build
from netwright.training.config import validate
from netwright.training.losses import FITTING
from netwright.training.recipe import Recipe

RECIPE = Recipe()
TASKS = ("regression", "binary", "multiclass")
EVERY = [change for illness in ILLNESSES.values() for change in illness.remedies]
RANDOM = [Change(setting, value, "") for setting, values in VALUES.items() for value in values]


@pytest.mark.parametrize("task", TASKS)
def test_what_applies_makes_a_recipe_that_can_be_built(task):
    spec = InputSpec(4, (), 1 if task != "multiclass" else 3, task)
    applied = [apply_to_recipe(RECIPE, change, task) for change in (*EVERY, *RANDOM)]
    recipes = [recipe for recipe in applied if recipe is not None]
    assert len(recipes) > len(RANDOM) / 2
    for recipe in recipes:
        validate(recipe.training)
        assert recipe.training.loss in ("auto", *FITTING[task])
        build("mlp", recipe.network, spec, 0)


def test_a_change_that_changes_nothing_does_not_apply():
    tanh = with_settings(RECIPE, {"network.activation": "tanh"})
    assert apply_to_recipe(tanh, Change("activation", "tanh", ""), "binary") is None
    assert apply_to_recipe(tanh, Change("activation", "relu", ""), "binary").network.activation == "relu"


def test_factors_multiply_what_is_there():
    sick = with_settings(RECIPE, {"training.learning_rate": 2.0, "network.hidden_sizes": (10, 3)})
    assert settings_of(Change("learning_rate", 0.1, ""), sick, "binary") == {
        "training.learning_rate": pytest.approx(0.2)
    }
    assert settings_of(Change("width", 2.0, ""), sick, "binary") == {"network.hidden_sizes": (20, 6)}
    assert apply_to_recipe(sick, Change("weight_decay", 10.0, ""), "binary").training.weight_decay > 0.0


def test_what_a_recipe_cannot_have_wrong_does_not_apply():
    for setting in ("zero_grad", "head", "pairing", "shuffle", "scale_inputs", "train_mode", "split"):
        assert setting in CHANGES
        assert settings_of(Change(setting, True, ""), RECIPE, "binary") is None


def test_every_setting_is_a_word_of_the_vocabulary():
    assert set(SETTINGS) <= set(CHANGES)


def test_classes_are_not_weighed_where_there_are_none():
    assert settings_of(Change("class_weights", "balanced", ""), RECIPE, "regression") is None


def test_a_trial_is_shorter_and_keeps_what_else_is_asked():
    long = replace(RECIPE.training, epochs=100, learning_rate=0.3)
    short = shortened(long, 0.2)
    assert (short.epochs, short.learning_rate, short.statistics) == (20, 0.3, False)
    assert shortened(long, 0.0001).epochs == 1
