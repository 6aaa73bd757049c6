from dataclasses import fields, replace
from typing import get_args

import pytest

from netwright.core.errors import RecipeError
from netwright.training import config as module
from netwright.training.config import TrainingConfig, validate
from netwright.training.losses import LOSSES
from netwright.training.optimizers import OPTIMIZERS
from netwright.training.schedules import SCHEDULES

WRONG = {
    "epochs": 0,
    "batch_size": -1,
    "accumulate": 0,
    "learning_rate": -0.1,
    "momentum": 1.0,
    "betas": (0.9, 1.5),
    "epsilon": 0.0,
    "rho": -0.1,
    "weight_decay": -1.0,
    "rate_factors": {"bias": -1.0},
    "decay_factors": {"wieght": 1.0},
    "l1": float("inf"),
    "warmup": -1.0,
    "step_size": 0.0,
    "gamma": 1.5,
    "plateau_patience": 0,
    "plateau_factor": 0.0,
    "final_learning_rate": 1.5,
    "huber_delta": float("nan"),
    "label_smoothing": 1.0,
    "class_weights": (1.0, -1.0),
    "clip_norm": 0.0,
    "clip_value": -1.0,
    "ema_decay": 1.0,
    "patience": 0,
    "threads": 0,
    "record_every": 0,
    "checkpoint_every": -1.0,
    "precision": "half",
    "optimizer": "adma",
    "schedule": "cosin",
    "loss": "bec",
    "weight_decay_form": "couple",
    "weight_decay_schedule": "cosine",
    "dropout_schedule": "flat",
    "parametrization": "ntp",
    "monitor": "metrics",
    "engine": "fuse",
    "compile": "on",
}


def test_the_defaults_are_valid():
    validate(TrainingConfig())


@pytest.mark.parametrize("setting", WRONG)
def test_a_wrong_value_is_refused_by_name(setting):
    with pytest.raises(RecipeError, match=f"training.{setting}: expected"):
        validate(replace(TrainingConfig(), **{setting: WRONG[setting]}))


def test_every_setting_but_these_is_checked():
    assert {field.name for field in fields(TrainingConfig)} - set(WRONG) == {
        "decay_norms_and_biases",
        "stop_at_cycle",
        "statistics",
        "seed",
        "device",
    }


def test_the_nearest_name_is_offered():
    with pytest.raises(RecipeError, match="did you mean 'adam'"):
        validate(TrainingConfig(optimizer="adma"))
    with pytest.raises(RecipeError, match="did you mean 'balanced'"):
        validate(TrainingConfig(class_weights="balance"))


@pytest.mark.parametrize("setting", ["rate_factors", "decay_factors"])
def test_a_group_that_is_none_names_the_nearest(setting):
    with pytest.raises(RecipeError, match=f"training.{setting}: .* did you mean 'normalization'"):
        validate(TrainingConfig(**{setting: {"normalisation": 0.5}}))


def test_adamw_with_coupled_decay_is_refused():
    with pytest.raises(RecipeError, match="adamw"):
        validate(TrainingConfig(optimizer="adamw", weight_decay_form="coupled"))


def test_the_names_are_those_that_are_looked_up():
    assert set(get_args(module.OptimizerName)) == set(OPTIMIZERS)
    assert set(get_args(module.ScheduleName)) == set(SCHEDULES)
    assert set(get_args(module.LossName)) == {"auto", *LOSSES}


def test_torch_is_not_imported():
    import subprocess
    import sys

    code = "import sys, netwright.training.config; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
