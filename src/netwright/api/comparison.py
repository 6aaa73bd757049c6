"""Shallow against deep on the user's own data: `compare`, and where what it finds is kept."""

import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from netwright.api.options import FitOptions, parse_budget, request_of, settings_tree
from netwright.core.comparison import Comparison
from netwright.core.errors import RecipeError, RunError
from netwright.core.files import from_json, make_folder, to_json, write_atomic

if TYPE_CHECKING:
    from netwright.core.interrupts import StopSignal
    from netwright.explanation.comparison.clock import Tell

BUDGET = "3m"
VALUES, PAGE = "comparison.json", "compare.html"


@dataclass(frozen=True)
class CompareOptions:
    """Where a comparison goes and who is told of it; none of it changes what is measured."""

    out: Path | None = None  # a folder; None: nothing is written
    tell: "Tell | None" = None
    stop: "StopSignal | None" = None
    command: str = ""  # that makes it again, for the page
    started: float = field(default_factory=time.monotonic)


def compare(
    source: Any,
    target: str | int | None = None,
    *,
    horizon: int | None = None,
    settings: Mapping[str, Any] | None = None,
    budget: str | int | float = BUDGET,
    out: str | Path | None = None,
) -> Comparison:
    """Measure shallow models beside networks of growing depth on the same rows, and say which to take and why.

    Args:
        source: as of `fit`.
        target: the column to learn, by name or position; of a forecast, to forecast.
        horizon: forecast so many rows of a series; None: learn a column.
        settings: anything of recipe.toml by dotted name, e.g. {"data.test": "test.csv", "evaluation.metric": "f1"}.
        budget: wall time of the whole call, "3m" or seconds; what is left out to keep it is said.
        out: a folder for compare.html and comparison.json; None: nothing is written.

    Returns:
        Every model with its metric and interval, curve, costs and how far it can be followed; the textbook's claims,
        each confirmed, not confirmed or undecided; and a recommendation with its reason.

    Raises:
        NetwrightError: one sentence that says what was expected, what came and what to do.

    Example:
        >>> comparison = nw.compare("adult.csv", "income")  # doctest: +SKIP
        >>> comparison.recommendation.sentence  # doctest: +SKIP
    """
    data = {"target": target, "horizon": horizon}
    if horizon is not None and target is not None:
        data["target"] = [target]  # type: ignore[assignment]  # a forecast takes several
    tree = settings_tree({"data": {key: value for key, value in data.items() if value is not None}}, settings or {})
    return compare_tree(source, tree, budget, CompareOptions(None if out is None else Path(out)))


def compare_tree(
    source: Any, tree: Mapping[str, Any], budget: str | int | float | None, options: CompareOptions
) -> Comparison:
    """As `compare`, from settings that are nested already; the command line comes in here."""
    from netwright.explanation.comparison.clock import Clock
    from netwright.training.forecasting.recipe import is_forecast

    seconds = parse_budget(BUDGET if budget is None else budget) or 0.0
    if options.out is not None:
        refuse_others(options.out)
    told: dict[str, Any] = {} if options.tell is None else {"tell": options.tell}
    clock = Clock(seconds, began=options.started, stop=options.stop, **told)
    found = _compare_series(source, tree, clock) if is_forecast(tree) else _compare_rows(source, tree, clock)
    if options.out is not None:
        write_comparison(found, options.out, options.command)
    return found


def _compare_rows(source: Any, tree: Mapping[str, Any], clock: Any) -> Comparison:
    from netwright.explanation.comparison.comparing import compare_rows

    return compare_rows(request_of(source, tree, FitOptions(), None), clock, stem_of(source))


def _compare_series(source: Any, tree: Mapping[str, Any], clock: Any) -> Comparison:
    from netwright.explanation.comparison.forecasts import compare_forecasts
    from netwright.training.forecasting.recipe import forecast_recipe_from

    request = request_of(source, tree, FitOptions(), None, forecast_recipe_from)
    return compare_forecasts(request, clock, stem_of(source))


def stem_of(source: Any) -> str:
    """Return the name of a comparison: that of its source."""
    if not isinstance(source, str | Path):
        return "data"
    return Path(str(source).split("::")[-1]).name.removeprefix("@").split(".")[0] or "data"


def new_folder(source: Any, runs: str | Path) -> Path:
    """Return the first free folder of its kind, which is made when there is something to write."""
    stem, number = stem_of(source), 1
    while (folder := Path(runs) / f"{stem}-compare-{number}").exists():
        number += 1
    return folder


def refuse_others(folder: Path) -> None:
    """Refuse a folder that holds something else than a comparison, before any work is done.

    Raises:
        RecipeError: it is a file, or holds other files.
    """
    if folder.is_file():
        raise RecipeError(f"--out: expected a folder, got the file {folder}; choose another name")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / VALUES).exists():
        raise RecipeError(f"--out: {folder} holds something else than a comparison; choose another folder")


def write_comparison(comparison: Comparison, folder: Path, command: str = "") -> None:
    """Write a comparison and its page, whole or not at all.

    Raises:
        RunError: the folder cannot be written.
    """
    from netwright.report.comparison_page import render_comparison

    page, there = render_comparison(comparison, command).encode(), folder.is_dir()
    try:
        make_folder(folder)
        write_atomic(folder / VALUES, to_json(comparison))
        write_atomic(folder / PAGE, page)
    except OSError as error:
        _take_back(folder, there)
        raise RunError(f"cannot write to {folder}: {error.strerror}; choose another with --out") from error
    except BaseException:
        _take_back(folder, there)
        raise


def _take_back(folder: Path, there: bool) -> None:
    if not there:
        shutil.rmtree(folder, ignore_errors=True)


def load_comparison(folder: str | Path) -> Comparison:
    """Read a comparison that was written.

    Raises:
        RunError: there is none, or it is damaged.
    """
    import msgspec

    path = Path(folder) / VALUES
    try:
        return from_json(path.read_bytes(), Comparison)
    except OSError as error:
        raise RunError(f"expected a comparison in {folder}, but {VALUES} cannot be read: {error.strerror}") from error
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        raise RunError(f"{path} is damaged: {error}") from error
