"""The constructor's parameters, and the recipe that they and the number of rows make."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator

from netwright.core.errors import RecipeError
from netwright.core.values import Choice, Task
from netwright.training.config import validate
from netwright.training.defaults import complete
from netwright.training.recipe import Recipe, leaves, merge, recipe_from
from netwright.training.settings import place

NETWORK = ("hidden_sizes", "activation", "normalization", "dropout")
TRAINING = (
    "learning_rate",
    "batch_size",
    "epochs",
    "patience",
    "weight_decay",
    "optimizer",
    "loss",
    "engine",
    "threads",
)
HELD_OUT = 0.15  # share of the rows that early stopping judges by
LEAST_HELD_OUT = 200  # rows from which some are held out: fewer would judge by chance
FEW_ROWS = {"batch_size": 16, "epochs": 50}  # below LEAST_HELD_OUT
FEW_ROWS_REASON = (
    f"below {LEAST_HELD_OUT} rows: as good as larger batches and more passes on the tables tried, and faster"
)
ONE_PASS: dict[str, Any] = {"epochs": 1, "schedule": "constant", "warmup": 0.0, "ema_decay": None, "patience": None}
NOT_HERE = ("data.source", "data.test", "data.target", "split.test", "training.seed", "training.class_weights")


@dataclass(eq=False, repr=False, kw_only=True)
class NetworkParameters(BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """The parameters that classifiers and regressors share; None: the recipe chooses from the rows.

    Args:
        recipe: "single" (one network, fitted fast, as searches want it), "netwright" (eight that share their hidden
            layers), or another name of training.recipes.RECIPES.
        hidden_sizes: units of each hidden layer, (256, 128, 64) by default.
        activation: a name ("leaky_relu", "gelu", ...) or a differentiable function on tensors.
        normalization: "batch", "layer" or "none".
        dropout: share of units silenced, from 0 up to 1.
        learning_rate: peak of the schedule.
        batch_size: rows of one optimizer step.
        epochs: passes over the rows at most.
        patience: epochs without a better validation loss before training stops; "none" trains all epochs.
        validation_fraction: share of the rows held out for early stopping, 0 for none; None: 0.15 from 200 rows on.
        weight_decay: decoupled, of weights alone.
        optimizer: "adamw", "adam", "sgd", "momentum", "nesterov", "rmsprop" or "muon".
        loss: by task, or for regression "huber", "mse" or "mae".
        random_state: an int gives the same bytes every time; None: another network every time.
        engine: "fused", "eager" or "auto": the fused engine wherever it can train, for estimators are fitted often.
            It is compiled once on a machine, which takes about 20 seconds.
        threads: CPU threads; of an ensemble, members at once.
        warm_start: a second `fit` goes on from the weights, columns and classes of the first.
        verbose: print each epoch.
        settings: anything else of recipe.toml by its dotted name, such as {"training.label_smoothing": 0.1,
            "preparation.numeric": "standard", "schema.columns.zip.kind": "categorical"}.
    """

    recipe: Any = "single"
    hidden_sizes: Any = None
    activation: Any = None
    normalization: Any = None
    dropout: Any = None
    learning_rate: Any = None
    batch_size: Any = None
    epochs: Any = None
    patience: Any = None
    validation_fraction: Any = None
    weight_decay: Any = None
    optimizer: Any = None
    loss: Any = None
    random_state: Any = None
    engine: Any = "auto"
    threads: Any = None
    warm_start: Any = False
    verbose: Any = False
    settings: Any = None


def asked_for(parameters: NetworkParameters) -> dict[str, Any]:
    """Return the user's part of the recipe as nested plain values.

    Raises:
        RecipeError: a setting says what `fit` is handed.
    """
    tree: dict[str, Any] = {}
    for section, names in (("network", NETWORK), ("training", TRAINING)):
        given = {name: _plain(getattr(parameters, name)) for name in names}
        tree[section] = {name: value for name, value in given.items() if value is not None}
    if parameters.validation_fraction is not None:
        tree["split"] = {"validation": _plain(parameters.validation_fraction)}
    for name, value in (parameters.settings or {}).items():
        if name in NOT_HERE:
            raise RecipeError(f"settings: {name!r} is no setting here: fit is handed it, or a parameter is; remove it")
        place(tree, name, _plain(value))
    return tree


def settle(
    parameters: NetworkParameters, task: Task, rows: int, seed: int, one_pass: bool
) -> tuple[Recipe, tuple[Choice, ...]]:
    """Return the recipe for so many rows, and each choice with its reason.

    One pass, as of `partial_fit`, holds no rows out and has a steady rate, for nobody knows how many passes follow.

    Raises:
        RecipeError: a parameter is out of range or of a wrong type.
    """
    asked = asked_for(parameters)
    held = _held_out(asked, rows)
    few = {} if rows >= LEAST_HELD_OUT else {name: FEW_ROWS[name] for name in FEW_ROWS if name not in asked["training"]}
    recipe, choices = complete(
        merge({"training": few, "preset": {"recipe": parameters.recipe}}, asked), task, rows - round(held.value * rows)
    )
    choices = tuple(_reasoned(choice, few) for choice in choices)
    share = 0.0 if one_pass else held.value
    recipe = replace(
        recipe,
        split=replace(recipe.split, validation=share, seed=seed),
        training=replace(recipe.training, seed=seed, **(ONE_PASS if one_pass else {})),
    )
    validate(recipe.training)
    return recipe, (held, *choices)


def _reasoned(choice: Choice, few: Mapping[str, int]) -> Choice:
    """Say why a setting for few rows is what it is: nobody asked for it."""
    return replace(choice, reason=FEW_ROWS_REASON) if choice.name.removeprefix("training.") in few else choice


def _held_out(asked: Mapping[str, Any], rows: int) -> Choice:
    share = asked.get("split", {}).get("validation")
    if share is None:
        chosen = HELD_OUT if rows >= LEAST_HELD_OUT else 0.0
        reason = f"{rows:,} different rows; from {LEAST_HELD_OUT} on some are held out, to stop training by"
        return Choice("split.validation", chosen, reason)
    if isinstance(share, bool) or not isinstance(share, int | float) or not 0.0 <= share < 1.0:
        raise RecipeError(f"validation_fraction: expected a share from 0 up to but not including 1, got {share!r}")
    return Choice("split.validation", float(share), "asked for")


def reading_part(parameters: NetworkParameters) -> Recipe:
    """The recipe as far as it says how columns are read; the rest is at its plain defaults."""
    asked = {name: part for name, part in asked_for(parameters).items() if name in ("data", "schema")}
    return recipe_from(merge({}, asked), "settings")


def seed_of(random_state: Any) -> int:
    """Return a seed; NumPy's global generator is neither read nor moved."""
    if random_state is None:
        return int(np.random.default_rng().integers(2**31))
    if isinstance(random_state, np.random.RandomState | np.random.Generator):
        draw = random_state.randint if isinstance(random_state, np.random.RandomState) else random_state.integers
        return int(draw(2**31 - 1))
    if isinstance(random_state, int | np.integer) and not isinstance(random_state, bool):
        return int(random_state)
    raise RecipeError(f"random_state: expected a whole number, a NumPy generator or None, got {random_state!r}")


def members_of(parameters: NetworkParameters) -> int:
    """Return the number of networks whose answers are averaged: a parameter of ensembles, else 1."""
    members = getattr(parameters, "members", 1)
    if isinstance(members, bool) or not isinstance(members, int | np.integer) or members < 1:
        raise RecipeError(f"members: expected a whole number of at least 1, got {members!r}")
    return int(members)


def _plain(value: Any) -> Any:
    """Python's own numbers and lists in place of NumPy's, which searches draw."""
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


def same_network(recipe: Recipe, other: Recipe) -> bool:
    return leaves(recipe.network) == leaves(other.network)
