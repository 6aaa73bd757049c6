"""What the user leaves open of a forecast, chosen with the reason in words."""

from collections.abc import Iterable, Mapping
from typing import Any

from netwright.core.errors import RecipeError, nearest
from netwright.core.values import Choice
from netwright.training.defaults import ASKED
from netwright.training.forecasting.recipe import ForecastRecipe, forecast_recipe_from
from netwright.training.forecasting.recipes import QUALITIES, Facts, settings_of
from netwright.training.recipe import leaves, merge
from netwright.training.settings import in_toml, tree_of

OF_ANY_NETWORK = ("seed", "device", "compile", "threads", "epochs", "patience", "checkpoint_every")
PATCHES_NEED = 20_000  # windows times channels: fewer are learnt by heart


def complete_forecast(tree: Mapping[str, Any], facts: Facts) -> tuple[ForecastRecipe, tuple[Choice, ...]]:
    """Fill what `tree` leaves open; return the recipe and every choice made.

    Args:
        tree: the user's settings as nested plain values.
        facts: of the windows.

    Raises:
        RecipeError: a setting is unknown or out of range.
    """
    asked = forecast_recipe_from(tree, "recipe").preset
    if asked.quality not in QUALITIES:
        close = nearest(asked.quality, QUALITIES)
        raise RecipeError(f"--quality: expected one of {', '.join(QUALITIES)}, got {asked.quality!r}; {close}")
    quality = QUALITIES[asked.quality]
    own, why = (quality.recipe, quality.reason) if asked.recipe == "auto" else (asked.recipe, ASKED)
    others = _contenders(tree, own, facts)
    chosen = [Choice("preset.recipe", own, why), others, *settings_of(own, facts)]
    for name in others.value:
        chosen += _of_contender(name, tree, facts)
    recipe = forecast_recipe_from(merge(_tree_of(chosen), tree), "recipe")
    given = _given(tree)
    told = [Choice(name, in_toml(value), ASKED) for name, value in leaves(recipe).items() if name in given]
    return recipe, (*(choice for choice in chosen if choice.name not in given), *told)


def _contenders(tree: Mapping[str, Any], own: str, facts: Facts) -> Choice:
    preset = tree.get("preset", {})
    names = tuple(preset.get("contenders", ("auto",)))
    if names != ("auto",):
        return Choice("preset.contenders", [name for name in names if name != own], ASKED)
    if preset.get("recipe", "auto") != "auto":
        return Choice("preset.contenders", [], "one recipe was asked for")
    if "network" in tree:
        return Choice("preset.contenders", [], "settings of the network were given, so that one is trained")
    others = list(QUALITIES[preset.get("quality", "standard")].contenders)
    if tree.get("windows", {}).get("quantiles"):
        others.remove("ridge") if "ridge" in others else None
    if "patchtst" in others and facts.windows * facts.channels < PATCHES_NEED:
        others.remove("patchtst")
    return Choice(
        "preset.contenders", others, "trained beside it: the best on the validation windows, or a mean, is kept"
    )


def _of_contender(name: str, tree: Mapping[str, Any], facts: Facts) -> list[Choice]:
    """Return what another recipe sets for itself, and what the user set for every network."""
    settings = {choice.name: choice for choice in settings_of(name, facts)}
    training = tree.get("training", {})
    for key in OF_ANY_NETWORK:
        if key in training:
            settings[f"training.{key}"] = Choice(f"training.{key}", training[key], ASKED)
    return [Choice(f"contenders.{name}.{choice.name}", choice.value, choice.reason) for choice in settings.values()]


def _tree_of(choices: Iterable[Choice]) -> dict[str, Any]:
    return tree_of((choice.name, choice.value) for choice in choices)


def _given(tree: Mapping[str, Any]) -> set[str]:
    """Return the names of the settings that the user gave; reading speaks for data, split and windows."""
    plain = {section: keys for section, keys in tree.items() if section not in ("data", "contenders", "windows")}
    of_contenders = {
        f"contenders.{name}.{section}.{key}"
        for name, contender in tree.get("contenders", {}).items()
        for section, keys in contender.items()
        for key in keys
    }
    return of_contenders | {f"{section}.{key}" for section, keys in plain.items() for key in keys}
