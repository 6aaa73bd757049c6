"""What every call of the Python face takes: where a run goes, settings by name, and a time budget."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from netwright.core.errors import RecipeError, nearest
from netwright.core.values import EpochRecord, StepRecord

if TYPE_CHECKING:
    from netwright.training.stage import Request

Observer = Callable[[StepRecord | EpochRecord], None]


@dataclass(frozen=True)
class FitOptions:
    """Where a run goes and who is told of it; none of it changes the network."""

    runs: str | Path = "runs"
    name: str | None = None
    recipe: str | Path | None = None  # a recipe.toml, or a name of training.recipes.RECIPES; settings go on top of it
    observers: tuple[Observer, ...] = ()
    started: float = field(default_factory=time.monotonic)  # where a budget begins to count


def settings_tree(base: Mapping[str, Any], settings: Mapping[str, Any]) -> dict[str, Any]:
    """Put settings by dotted name on top of nested ones."""
    from netwright.training.recipe import merge
    from netwright.training.settings import tree_of

    return merge(base, tree_of(settings.items()))


def parse_budget(budget: str | int | float | None) -> float | None:
    """Return seconds for "90", "90s", "2m", "1h30m" or a number.

    Raises:
        RecipeError: it is none of these, or not positive.
    """
    import re

    if budget is None:
        return None
    match = re.fullmatch(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s?)?", str(budget).strip().lower())
    hours, minutes, seconds = (float(part or 0) for part in match.groups()) if match else (0.0, 0.0, 0.0)
    total = hours * 3600 + minutes * 60 + seconds
    if total <= 0:
        raise RecipeError(f"--budget: expected a time such as 90s, 2m or 1h30m, got {budget!r}")
    return total


def request_of(
    source: Any,
    tree: Mapping[str, Any],
    options: FitOptions,
    budget: str | int | float | None,
    read: Callable[[Mapping[str, Any], str], Any] | None = None,
) -> "Request":
    """Return what a job is asked; `read` builds its recipe from nested values and checks it."""
    from netwright.training.recipe import merge, recipe_from, refuse_pipes
    from netwright.training.stage import Request

    if options.recipe is not None:
        tree = merge(_recipe_called(options.recipe, read is not None), tree)
    recipe = (read or recipe_from)(tree, "settings" if options.recipe is None else str(options.recipe))
    if source is None and options.recipe is not None:
        refuse_pipes(recipe.data, Path(options.recipe))
    if isinstance(source, str | Path):
        tree = merge(tree, {"data": {"source": str(source)}})
    elif source is None and not tree.get("data", {}).get("source"):
        raise RecipeError("expected data: a path, @breast-cancer and its like, or --recipe RECIPE; got none")
    frame = None if isinstance(source, str | Path) else source
    return Request(tree, frame, Path(options.runs), options.name, parse_budget(budget), options.started)


def _recipe_called(asked: str | Path, forecasts: bool = False) -> Mapping[str, Any]:
    """Return the settings that a recipe's name or file stands for."""
    from netwright.training.forecasting.recipes import FORECASTERS
    from netwright.training.recipes import RECIPES
    from netwright.training.settings import read_recipe

    name = str(asked)
    names = list(FORECASTERS if forecasts else RECIPES)
    if name in names:
        return {"preset": {"recipe": name}}
    if "." not in name and not Path(name).exists():
        known = ", ".join(names)
        raise RecipeError(f"--recipe: expected a recipe.toml or one of {known}, got {name!r}; {nearest(name, names)}")
    return read_recipe(Path(name))
