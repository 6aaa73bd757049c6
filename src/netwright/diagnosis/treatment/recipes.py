"""Changes carried out on a recipe: each becomes settings of recipe.toml, or nothing where a recipe has no such thing.

A recipe cannot have the faults of a loop: its gradients are cleared, its heads suit their loss, its inputs are scaled.
So changes that mend those do not apply to it.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from netwright.core.errors import RecipeError
from netwright.core.values import Task
from netwright.diagnosis.illness import Change
from netwright.networks.layers.activations import ACTIVATIONS
from netwright.training.config import TrainingConfig, validate
from netwright.training.losses import FITTING
from netwright.training.recipe import Recipe

Settings = dict[str, Any]  # by dotted name
Setting = Callable[[Any, Recipe, Task], Settings | None]

RATES = {"sgd": 0.05, "momentum": 0.05, "adam": 0.001, "adamw": 0.001, "rmsprop": 0.001}  # usual ones
INITIALIZERS = {"kaiming": "he_normal", "xavier": "xavier_uniform", "orthogonal": "orthogonal"}
LOSSES = {"cross_entropy": "cce", "bce_with_logits": "bce", "mse": "mse", "mae": "mae", "huber": "huber"}
USUAL_DECAY = 1e-4  # where there was none to multiply
MOST_WIDTH, MOST_BATCH = 4096, 4096
NEVER = 1 << 30  # steps between records that nobody reads


def settings_of(change: Change, recipe: Recipe, task: Task) -> Settings | None:
    """Return what a change sets in a recipe, by dotted name; None where it does not apply or changes nothing."""
    setting = SETTINGS.get(change.setting)
    found = setting(change.value, recipe, task) if setting else None
    if not found:
        return None
    now = {name: _now(recipe, name) for name in found}
    return found if found != now else None


def apply_to_recipe(recipe: Recipe, change: Change, task: Task) -> Recipe | None:
    """Return the recipe with a change, or None where it does not apply, changes nothing or makes no valid recipe."""
    found = settings_of(change, recipe, task)
    if found is None:
        return None
    changed = with_settings(recipe, found)
    try:
        validate(changed.training)
    except RecipeError:
        return None
    return changed


def with_settings(recipe: Recipe, settings: Mapping[str, Any]) -> Recipe:
    """Return the recipe with settings of its network and its training by dotted name."""
    for name, value in settings.items():
        section, key = name.split(".")
        recipe = replace(recipe, **{section: replace(getattr(recipe, section), **{key: value})})
    return recipe


def _now(recipe: Recipe, name: str) -> Any:
    section, key = name.split(".")
    return getattr(getattr(recipe, section), key)


def _rate(factor: float, recipe: Recipe, _task: Task) -> Settings:
    return {"training.learning_rate": recipe.training.learning_rate * factor}


def _optimizer(name: str, _recipe: Recipe, _task: Task) -> Settings | None:
    if name not in RATES:
        return None
    return {"training.optimizer": name, "training.learning_rate": RATES[name]}


def _schedule(name: str, _recipe: Recipe, _task: Task) -> Settings | None:
    return {"training.schedule": name} if name in ("constant", "cosine", "one_cycle") else None


def _epochs(factor: float, recipe: Recipe, _task: Task) -> Settings:
    return {"training.epochs": max(1, round(recipe.training.epochs * factor))}


def _batch_size(factor: float, recipe: Recipe, _task: Task) -> Settings:
    size = round(recipe.training.batch_size * factor)
    return {"training.batch_size": min(MOST_BATCH, max(2, size)), "training.accumulate": 1}


def _activation(name: str, recipe: Recipe, _task: Task) -> Settings | None:
    if name not in ACTIVATIONS or not recipe.network.hidden_sizes:
        return None
    return {"network.activation": name}


def _loss(name: str, _recipe: Recipe, task: Task) -> Settings | None:
    own = LOSSES.get(name)
    return {"training.loss": own} if own in FITTING[task] else None


def _initialization(name: str, _recipe: Recipe, _task: Task) -> Settings | None:
    return {"network.initialization": INITIALIZERS[name]} if name in INITIALIZERS else None


def _normalization(name: str, recipe: Recipe, _task: Task) -> Settings | None:
    known = name in ("none", "batch", "layer") and bool(recipe.network.hidden_sizes)
    return {"network.normalization": name} if known else None


def _residual(wanted: bool, recipe: Recipe, _task: Task) -> Settings | None:
    return {"network.residual": bool(wanted)} if len(recipe.network.hidden_sizes) > 1 else None


def _dropout(share: float, _recipe: Recipe, _task: Task) -> Settings:
    return {"network.dropout": float(share)}


def _weight_decay(factor: float, recipe: Recipe, _task: Task) -> Settings:
    decay = recipe.training.weight_decay
    return {"training.weight_decay": decay * factor if decay else USUAL_DECAY}


def _width(factor: float, recipe: Recipe, _task: Task) -> Settings | None:
    sizes = recipe.network.hidden_sizes
    wider = tuple(min(MOST_WIDTH, max(2, round(size * factor))) for size in sizes)
    return {"network.hidden_sizes": wider} if sizes else None


def _class_weights(value: str, _recipe: Recipe, task: Task) -> Settings | None:
    return None if task == "regression" or value != "balanced" else {"training.class_weights": value}


def _of_training(key: str) -> Setting:
    def setting(value: Any, _recipe: Recipe, _task: Task) -> Settings:
        return {f"training.{key}": value}

    return setting


SETTINGS: dict[str, Setting] = {
    "learning_rate": _rate,
    "optimizer": _optimizer,
    "schedule": _schedule,
    "warmup": _of_training("warmup"),
    "clip_norm": _of_training("clip_norm"),
    "epochs": _epochs,
    "batch_size": _batch_size,
    "activation": _activation,
    "loss": _loss,
    "initialization": _initialization,
    "normalization": _normalization,
    "residual": _residual,
    "dropout": _dropout,
    "weight_decay": _weight_decay,
    "width": _width,
    "class_weights": _class_weights,
    "patience": _of_training("patience"),
    "precision": _of_training("precision"),
}


def shortened(training: TrainingConfig, share: float) -> TrainingConfig:
    """Return the config for a short trial: a share of the epochs, no records, no signals taken of layers."""
    epochs = max(1, round(training.epochs * share))
    return replace(training, epochs=epochs, statistics=False, record_every=NEVER)
