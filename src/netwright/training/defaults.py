"""The default recipe: what the user leaves open is chosen from the data, with the reason in words."""

from collections.abc import Mapping
from typing import Any

from netwright.core.values import Choice, Task
from netwright.training.recipe import Recipe, leaves, merge, recipe_from

ASKED = "asked for"


def complete(tree: Mapping[str, Any], task: Task, train_rows: int) -> tuple[Recipe, tuple[Choice, ...]]:
    """Fill what `tree` leaves open for a table of `train_rows` rows; return the recipe and every choice made.

    Args:
        tree: the user's settings as nested plain values.
        task: of the schema.
        train_rows: rows that the network learns from.
    """
    chosen = choose(task, train_rows)
    defaults: dict[str, Any] = {}
    for choice in chosen:
        section, key = choice.name.split(".")
        defaults.setdefault(section, {})[key] = choice.value
    recipe = recipe_from(merge(defaults, tree), "recipe")
    given = _given(tree)
    asked = [Choice(name, value, ASKED) for name, value in leaves(recipe).items() if name in given]
    return recipe, (*(choice for choice in chosen if choice.name not in given), *asked)


def _given(tree: Mapping[str, Any]) -> set[str]:
    return {f"{section}.{key}" for section, keys in tree.items() if isinstance(keys, Mapping) for key in keys}


def choose(task: Task, train_rows: int) -> tuple[Choice, ...]:
    """Return the engineered defaults for a task and a number of training rows."""
    return (*_network(task), *_training(task, train_rows))


def _network(task: Task) -> tuple[Choice, ...]:
    return (Choice("network.hidden_sizes", [256, 128], "to be set from the experiments"),)


def _training(task: Task, train_rows: int) -> tuple[Choice, ...]:
    return (Choice("training.loss", "auto", "follows the task"),)
