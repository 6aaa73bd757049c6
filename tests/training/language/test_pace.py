"""What a clock decides, with a clock of the test's own."""

import math
from dataclasses import replace

import pytest
import torch

from netwright.training.language import pace
from netwright.training.language.material import gather_text
from netwright.training.language.pace import settle
from netwright.training.language.recipe import language_recipe

TEXT = "it goes on and on, and then it goes on again;\n" * 40
SIZES = {"width": 16, "depth": 1, "heads": 2, "context": 16}


@pytest.fixture
def asked(tmp_path):
    (tmp_path / "a.txt").write_text(TEXT)

    def make(**training):
        tree = {"data": {"source": str(tmp_path / "a.txt")}, "network": SIZES, "training": training}
        recipe = language_recipe(tree, "test")
        return recipe, gather_text(recipe)

    return make


@pytest.fixture
def two_threads():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


def timed(monkeypatch, seconds):
    """Let a step take so many seconds by threads, and an answer a hundredth of a second."""
    monkeypatch.setattr(pace, "_pace", lambda *_: seconds[torch.get_num_threads()])
    monkeypatch.setattr(pace, "_asking", lambda *_: 0.01)


@pytest.mark.parametrize(("seconds", "best"), [({1: 0.2, 2: 0.1}, 2), ({1: 0.2, 2: 5.0}, 1)])
def test_as_many_threads_are_taken_as_make_a_step_shorter(asked, monkeypatch, two_threads, seconds, best):
    timed(monkeypatch, seconds)
    settled = settle(*asked(precision="float32"), lambda: math.inf)
    assert settled.recipe.training.threads == best
    assert any(f"{1000 * seconds[2]:,.0f} ms on 2 threads and 200 ms on one" in one.reason for one in settled.choices)


def test_threads_and_precision_asked_for_are_not_measured(asked, monkeypatch, two_threads):
    timed(monkeypatch, {1: 0.1, 2: 0.1})
    settled = settle(*asked(threads=2, precision="float32"), lambda: math.inf)
    assert settled.recipe.training.threads == 2
    assert not any(choice.name == "training.threads" for choice in settled.choices)


def test_steps_fill_what_the_end_leaves_of_the_budget(asked, monkeypatch):
    timed(monkeypatch, {1: 0.01})
    recipe, material = asked(precision="float32", threads=1)
    settled = settle(recipe, material, lambda: 100.0)
    steps = settled.recipe.windows.steps_per_epoch * recipe.training.epochs
    assert settled.recipe.training.epochs == pace.ROOM * recipe.training.epochs
    validated = recipe.training.epochs * 0.01 * 8192 / 16
    assert steps == pytest.approx(
        pace.FILLED * (100.0 - pace.ending(material, recipe, 0.01) - validated) / 0.01, rel=0.01
    )


def test_a_budget_that_is_over_still_takes_a_step_an_epoch(asked, monkeypatch):
    timed(monkeypatch, {1: 0.01})
    settled = settle(*asked(precision="float32", threads=1), lambda: -5.0)
    assert settled.recipe.windows.steps_per_epoch == 1


def test_steps_asked_for_stay(asked, monkeypatch):
    timed(monkeypatch, {1: 0.01})
    recipe, material = asked(precision="float32", threads=1)
    fixed = replace(recipe, windows=replace(recipe.windows, steps_per_epoch=7))
    assert settle(fixed, material, lambda: 1.0).recipe.windows.steps_per_epoch == 7


@pytest.mark.parametrize(("budget", "width"), [(None, 128), (180.0, 96), (600.0, 128), (1200.0, 192)])
def test_a_longer_budget_gets_a_wider_network_unless_a_size_is_given(budget, width):
    assert language_recipe({}, "test", budget).network.width == width
    assert language_recipe({"network": {"width": 64, "heads": 1}}, "test", budget).network.width == 64
    assert language_recipe({"network": {"depth": 2}}, "test", budget).network.width == 128
