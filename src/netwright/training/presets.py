"""Which recipe fills what the user leaves open: by its name, or by the quality asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from netwright.core.errors import RecipeError, nearest
from netwright.core.values import Choice
from netwright.training.recipes import RECIPES


@dataclass(frozen=True)
class PresetConfig:
    """Once a run has begun, its recipe.toml says everything itself: these two say where it came from."""

    quality: str = "standard"  # a name of QUALITIES
    recipe: str = "auto"  # a name of RECIPES; auto: by quality
    contenders: tuple[str, ...] = ("auto",)  # recipes that are trained beside it, names of RECIPES; auto: by quality


@dataclass(frozen=True)
class Quality:
    """What a word for quality means."""

    recipe: str
    reason: str
    contenders: tuple[str, ...] = ()
    folds: int = 1


QUALITIES = {
    "fast": Quality("single", "one network: the least time"),
    "standard": Quality(
        "netwright",
        "eight networks that share their hidden layers, beside other recipes where the rows can tell them apart",
        contenders=("waves", "realmlp"),
    ),
    "best": Quality(
        "netwright",
        "as standard, trained five times, each time holding out another fifth",
        contenders=("waves", "realmlp"),
        folds=5,
    ),
}

LEAST_HELD = 80  # held-out rows: fewer cannot tell recipes apart
MOST_ROWS = 80_000  # training rows: RealMLP's least number of epochs takes minutes from here on
COMPARED = "trained beside it: the better on held-out rows is kept, or their average"
SECTIONS = ("network", "preparation", "rate_test")  # who sets these wants the network that they describe
OF_ANY_NETWORK = ("seed", "device", "engine", "compile", "threads", "record_every", "statistics", "checkpoint_every")

OF_TEXTS = {
    "fast": Quality("bag", "one network; text by its words and pairs of words: the least time"),
    "standard": Quality("bag", "text by its words and pairs of words, beside filters over phrases", ("textcnn",)),
    "best": Quality("bag", "as standard, trained five times, each time holding out another fifth", ("textcnn",), 5),
}

OF_IMAGES = {
    "fast": Quality("convnet", "one network: convolutions find the same thing wherever it is"),
    "standard": Quality("convnet", "one network: convolutions find the same thing wherever it is"),
    "best": Quality("convnet", "as standard, trained five times, each time holding out another fifth", folds=5),
}

ROCKET = "fixed kernels and a last layer that starts at its best: the least time, and right from few series"
OF_SERIES = {
    "fast": Quality("rocket", ROCKET),
    "standard": Quality("rocket", ROCKET, ("fcn",)),
    "best": Quality("rocket", ROCKET, ("fcn", "inception"), 5),
}
FOLDS_OF_FEW = 5
FEW_SERIES = range(20, 500)  # rows: each is needed to learn from, and to judge by
OF_FEW_SERIES = {
    "fast": OF_SERIES["fast"],
    "standard": Quality("rocket", ROCKET, ("fcn",), FOLDS_OF_FEW),
    "best": OF_SERIES["best"],
}

Reads = Literal["table", "text", "image", "series", "few series"]  # the features that decide which recipes suit
BY_FEATURES: dict[Reads, dict[str, Quality]] = {
    "table": QUALITIES,
    "text": OF_TEXTS,
    "image": OF_IMAGES,
    "series": OF_SERIES,
    "few series": OF_FEW_SERIES,
}

OF_AN_ENSEMBLE = "one network each: those of the ensemble are averaged already, several in each would only take longer"


def resolve(tree: Mapping[str, Any], reads: Reads = "table") -> tuple[Choice, ...]:
    """Return the recipe, and what else the quality sets, from the user's settings, for the kind of features.

    Raises:
        RecipeError: a name is unknown.
    """
    asked = _asked(tree)
    _check("quality", asked.quality, QUALITIES)
    _check("recipe", asked.recipe, {"auto": None, **RECIPES})
    quality = BY_FEATURES[reads][asked.quality]
    recipe, reason = (quality.recipe, quality.reason) if asked.recipe == "auto" else (asked.recipe, "asked for")
    several = tree.get("ensemble", {}).get("members", 1) > 1
    if asked.recipe == "auto" and asked.quality == "standard" and several and reads == "table":
        recipe, reason = QUALITIES["fast"].recipe, OF_AN_ENSEMBLE
    chosen = (Choice("preset.recipe", recipe, reason),)
    folds = Choice("ensemble.folds", quality.folds, f"quality {asked.quality}: each row is held out once")
    return chosen if quality.folds == 1 else (*chosen, folds)


def _asked(tree: Mapping[str, Any]) -> PresetConfig:
    given = dict(tree.get("preset", {}))
    if "contenders" in given:
        given["contenders"] = tuple(given["contenders"])
    return PresetConfig(**given)


def contenders_of(tree: Mapping[str, Any], train_rows: int, held_rows: int, reads: Reads = "table") -> Choice:
    """Return the names of the recipes to train beside the run's own, and why these.

    Args:
        tree: the user's settings.
        train_rows: rows that a network learns from.
        held_rows: rows that no network learns from, or with folds each from only some, to choose by.
        reads: text or image where there are such among the features.

    Raises:
        RecipeError: a name is unknown, or there are no rows to choose by.
    """
    asked, said = _asked(tree), tuple(tree.get("contenders", {}))
    if asked.contenders != ("auto",) or said:
        named = () if asked.contenders == ("auto",) else asked.contenders
        names = tuple(dict.fromkeys((*named, *said)))
        for name in names:
            _check("contenders", name, RECIPES)
        if names and not held_rows:
            raise RecipeError(
                "preset.contenders: expected validation rows, which decide between recipes, got none; "
                "set split.validation above 0 or ask for --folds"
            )
        return Choice("preset.contenders", names, "asked for")
    names = BY_FEATURES[reads][asked.quality].contenders
    reason = _why_alone(tree, train_rows, held_rows) if names else f"quality {asked.quality} trains one recipe"
    return Choice("preset.contenders", () if reason else names, reason or COMPARED)


def _why_alone(tree: Mapping[str, Any], train_rows: int, held_rows: int) -> str:
    """Return why one recipe is trained where the quality would compare several, or nothing."""
    if tree.get("preset", {}).get("recipe", "auto") != "auto":
        return "a recipe was asked for by name"
    if tree.get("ensemble", {}).get("members", 1) > 1:
        return "an ensemble of networks of one recipe was asked for"
    own = [f"{section}.{key}" for section in SECTIONS for key in tree.get(section, {})]
    own += [f"training.{key}" for key in tree.get("training", {}) if key not in OF_ANY_NETWORK]
    if own:
        return f"{own[0]} was set, so the network that it describes is trained alone"
    if train_rows > MOST_ROWS:
        return f"{train_rows:,} training rows; above {MOST_ROWS:,} the others would take minutes more"
    few = f"{held_rows:,} held-out rows; from {LEAST_HELD} on they are enough to choose by"
    return few if held_rows < LEAST_HELD else ""


def _check(setting: str, name: str, known: Mapping[str, object]) -> None:
    if name not in known:
        raise RecipeError(f"preset.{setting}: expected one of {', '.join(known)}, got {name!r}; {nearest(name, known)}")
