"""A GPU is left alone where the compiled engine is sooner done; what is asked for stays."""

import tomllib
from dataclasses import replace

import pytest
import torch

from netwright.core.values import Choice, InputSpec
from netwright.training import device_choice
from netwright.training.device_choice import settle_device
from netwright.training.job import run_job
from netwright.training.kinds import Kind
from netwright.training.recipe import recipe_from
from netwright.training.stage import Listener, Request
from tests.training.test_parts import make

SETTINGS = {"network": {"hidden_sizes": [6, 5]}, "training": {"epochs": 3, "batch_size": 4}}


@pytest.fixture(autouse=True)
def a_gpu(monkeypatch):
    """A machine that has one, whose steps take long."""
    pytest.importorskip("numba")
    monkeypatch.setattr(device_choice, "choose_device", lambda _: (torch.device("cuda"), Choice("", "", "")))
    monkeypatch.setattr(device_choice, "GPU_STEP", 1e3)


def settled(**changes):
    recipe = recipe_from({**SETTINGS, "training": SETTINGS["training"] | changes}, "recipe")
    kind = Kind("netwright", recipe.network, recipe.training, InputSpec(2, (), 1, "binary"))
    return settle_device(recipe, (kind,), make((8, 8)))


def test_small_networks_on_tables_stay_on_the_cpu():
    recipe, (choice,) = settled()
    assert recipe.training.device == choice.value == "cpu"
    assert "would take a GPU" in choice.reason


def test_networks_that_a_gpu_trains_sooner_go_there(monkeypatch):
    monkeypatch.setattr(device_choice, "GPU_STEP", 1e-9)
    recipe, choices = settled()
    assert recipe.training.device == "auto"
    assert [choice.name for choice in choices] == ["training.compile"]


@pytest.mark.parametrize(
    "changes", [{"device": "cuda"}, {"engine": "eager"}, {"accumulate": 2, "precision": "bfloat16"}]
)
def test_what_is_asked_for_stays(changes):
    recipe, choices = settled(**changes)
    assert recipe.training == replace(recipe.training, **changes)
    assert "training.device" not in {choice.name for choice in choices}


def test_a_run_says_it_once(tmp_path):
    tree = {"data": {"source": "@iris"}, "preset": {"quality": "fast"}, "training": {"epochs": 2}}
    folder = run_job(Request(tree, runs=tmp_path, name="job"), Listener())
    assert tomllib.loads((folder / "recipe.toml").read_text())["training"]["device"] == "cpu"
    log = (folder / "run.log").read_text()
    assert log.count("choice training.device = cpu") == 1
    assert "would take a GPU" in log
