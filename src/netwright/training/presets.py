"""Which recipe fills what the user leaves open: by its name, or by the quality asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from netwright.core.errors import RecipeError, nearest
from netwright.core.values import Choice
from netwright.training.recipes import RECIPES


@dataclass(frozen=True)
class PresetConfig:
    """Once a run has begun, its recipe.toml says everything itself: these two say where it came from."""

    quality: str = "standard"  # a name of QUALITIES
    recipe: str = "auto"  # a name of RECIPES; auto: by quality


@dataclass(frozen=True)
class Quality:
    """What a word for quality means."""

    recipe: str
    reason: str
    folds: int = 1


QUALITIES = {
    "fast": Quality("single", "one network: the least time"),
    "standard": Quality(
        "netwright", "eight networks that share their hidden layers: better than one on all tables tried"
    ),
    "best": Quality("netwright", "as standard, trained five times, each time holding out another fifth", folds=5),
}

OF_AN_ENSEMBLE = "one network each: those of the ensemble are averaged already, several in each would only take longer"


def resolve(tree: Mapping[str, Any]) -> tuple[Choice, ...]:
    """Return the recipe, and what else the quality sets, from the user's settings.

    Raises:
        RecipeError: a name is unknown.
    """
    asked = PresetConfig(**tree.get("preset", {}))
    _check("quality", asked.quality, QUALITIES)
    _check("recipe", asked.recipe, {"auto": None, **RECIPES})
    quality = QUALITIES[asked.quality]
    recipe, reason = (quality.recipe, quality.reason) if asked.recipe == "auto" else (asked.recipe, "asked for")
    if asked.recipe == "auto" and asked.quality == "standard" and tree.get("ensemble", {}).get("members", 1) > 1:
        recipe, reason = QUALITIES["fast"].recipe, OF_AN_ENSEMBLE
    chosen = (Choice("preset.recipe", recipe, reason),)
    folds = Choice("ensemble.folds", quality.folds, f"quality {asked.quality}: each row is held out once")
    return chosen if quality.folds == 1 else (*chosen, folds)


def _check(setting: str, name: str, known: Mapping[str, object]) -> None:
    if name not in known:
        raise RecipeError(f"preset.{setting}: expected one of {', '.join(known)}, got {name!r}; {nearest(name, known)}")
