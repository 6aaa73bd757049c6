"""The default recipe: what the user leaves open is chosen from the data, with the reason in words."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from netwright.core.values import Choice, Task
from netwright.networks.initialization import choose_initialization
from netwright.training.presets import OF_ANY_NETWORK, Reads, contenders_of, resolve
from netwright.training.recipe import Recipe, leaves, merge, recipe_from
from netwright.training.recipes import BOUNDS, RECIPES
from netwright.training.settings import in_toml, tree_of

ASKED = "asked for"


def complete(
    tree: Mapping[str, Any], task: Task, train_rows: int, held_rows: int = 0, reads: Reads = "table"
) -> tuple[Recipe, tuple[Choice, ...]]:
    """Fill what `tree` leaves open for a table of `train_rows` rows; return the recipe and every choice made.

    Args:
        tree: the user's settings as nested plain values.
        task: of the schema.
        train_rows: rows that the network learns from.
        held_rows: rows that recipes can be compared on; none: the one recipe is trained.
        reads: text or image where there are such among the features.
    """
    preset = resolve(tree, reads)
    contenders = contenders_of(tree, train_rows, held_rows, reads)
    chosen = (*preset, contenders, *RECIPES[preset[0].value](task, train_rows))
    for name in contenders.value:
        chosen = (*chosen, *_contender(name, tree, task, train_rows))
    recipe = recipe_from(merge(_tree_of(chosen), tree), "recipe")
    given = _given(tree)
    asked = [Choice(name, in_toml(value), ASKED) for name, value in leaves(recipe).items() if name in given]
    initialization = choose_initialization(recipe.network.initialization, recipe.network.activation)
    chosen = (*chosen, initialization)
    return recipe, (*(choice for choice in chosen if choice.name not in given), *asked)


def _contender(name: str, tree: Mapping[str, Any], task: Task, train_rows: int) -> list[Choice]:
    """Return what another recipe sets for itself, and what the user set for every network."""
    settings = {choice.name: choice for choice in RECIPES[name](task, train_rows)}
    settings |= {choice.name: choice for choice in (BOUNDS[name](train_rows) if name in BOUNDS else ())}
    training = tree.get("training", {})
    asked = {key: training[key] for key in OF_ANY_NETWORK if key in training}
    settings |= {f"training.{key}": Choice(f"training.{key}", value, ASKED) for key, value in asked.items()}
    numeric = settings.pop("preparation.numeric", None)
    kept = [choice for choice in settings.values() if choice.name.split(".")[0] in ("network", "training")]
    kept += [] if numeric is None else [replace(numeric, name="numeric")]
    return [replace(choice, name=f"contenders.{name}.{choice.name}") for choice in kept]


def ask(tree: Mapping[str, Any], reads: Reads = "table") -> Recipe:
    """Return the recipe as far as it stands before the data is known: the user's settings, and what the quality adds.

    Raises:
        RecipeError: a setting is unknown or of a wrong type.
    """
    recipe_from(tree, "recipe")
    return recipe_from(merge(_tree_of(resolve(tree, reads)), tree), "recipe")


def _tree_of(choices: Iterable[Choice]) -> dict[str, Any]:
    return tree_of((choice.name, choice.value) for choice in choices)


def _given(tree: Mapping[str, Any]) -> set[str]:
    """Return the names of the settings that the user gave, those of `data` left out: reading speaks for them."""
    sections = {section: keys for section, keys in tree.items() if section not in ("data", "contenders")}
    of_contenders = {
        f"contenders.{name}.{key}" if key == "numeric" else f"contenders.{name}.{key}.{setting}"
        for name, contender in tree.get("contenders", {}).items()
        for key, settings in contender.items()
        for setting in ((key,) if key == "numeric" else settings)
    }
    return of_contenders | {f"{section}.{key}" for section, keys in sections.items() for key in keys}
