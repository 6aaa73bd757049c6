"""The Python face: `fit`, `load` and `Run`."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from netwright.core.errors import RecipeError, nearest
from netwright.core.evidence import Evaluation
from netwright.core.files import write_atomic
from netwright.core.values import EpochRecord, Finding, RunSummary, Schema, StepRecord
from netwright.training.run_directory import check_run

if TYPE_CHECKING:
    import polars as pl

    from netwright.training.inference import Model, Predictions
    from netwright.training.stage import Listener, Request

Observer = Callable[[StepRecord | EpochRecord], None]


@dataclass(frozen=True)
class FitOptions:
    """Where a run goes and who is told of it; none of it changes the network."""

    runs: str | Path = "runs"
    name: str | None = None
    recipe: str | Path | None = None  # a recipe.toml, or a name of training.recipes.RECIPES; settings go on top of it
    observers: tuple[Observer, ...] = ()
    started: float = field(default_factory=time.monotonic)  # where a budget begins to count


class Run:
    """A finished run on disk: its values, and the network that answers for new rows."""

    def __init__(self, path: str | Path, activation: Any = None) -> None:
        self.path = Path(path)
        self._activation = activation
        check_run(self.path)

    def __repr__(self) -> str:
        return f"Run({str(self.path)!r})"

    @cached_property
    def summary(self) -> RunSummary:
        from netwright.training.summary import summarise

        return summarise(self.path)

    @property
    def schema(self) -> Schema:
        return self.summary.schema

    @property
    def evaluation(self) -> Evaluation:
        return self.summary.evaluation

    @property
    def findings(self) -> tuple[Finding, ...]:
        return self.summary.findings

    @property
    def report(self) -> Path:
        return self.path / "report.html"

    @cached_property
    def model(self) -> "Model":
        from netwright.training.inference import load_model

        return load_model(self.path, self._activation)

    def predict(self, source: Any, coverage: float | None = None) -> "pl.DataFrame":
        """Return one row for each row of `source`: the prediction, and a probability per class.

        With `coverage`, 0.5 to 0.99, also a "set" of classes, or "low" and "high", that holds the truth so often.
        """
        return self.predictions(source, coverage).frame

    def predictions(self, source: Any, coverage: float | None = None) -> "Predictions":
        """As `predict`, with notes on what was odd about the rows."""
        from netwright.training.inference import predict_rows

        return predict_rows(self.model, source, coverage)

    def evaluate(self, source: Any) -> Evaluation:
        """Measure the network on labelled rows that it never saw, beside guessing their own shares or mean."""
        from netwright.training.assessment import assess

        return assess(self.model, source).evaluation


def fit(
    source: Any = None,
    target: str | int | None = None,
    *,
    test: str | None = None,
    settings: Mapping[str, Any] | None = None,
    budget: str | int | float | None = None,
    options: FitOptions | None = None,
) -> Run:
    """Train a network on a table and save it with the evidence.

    Args:
        source: a path (CSV, TSV, Parquet, JSON lines, Arrow IPC, .gz, a.zip::b.csv), "@digits" and its like, a pandas
            or Polars frame, a NumPy array or a pair (X, y). None: what `options.recipe` names.
        target: the column to learn, by name or position.
        test: a second source with the test rows; without it a fifth of the rows is held out.
        settings: anything of recipe.toml by dotted name, e.g. {"training.epochs": 20, "network.activation": torch.sin}.
        budget: wall time of the whole call, "2m" or seconds.
        options: where the run goes and who is told of it.

    Returns:
        The run, already tested and reported.

    Raises:
        NetwrightError: one sentence that says what was expected, what came and what to do.

    Example:
        >>> run = nw.fit("@breast-cancer")  # doctest: +SKIP
        >>> run.evaluation.metrics["accuracy"].value  # doctest: +SKIP
    """
    from netwright.training.stage import Listener

    options = options or FitOptions()
    asked: dict[str, Any] = {"data": {"target": target, "test": test}}
    tree = settings_tree({"data": {k: v for k, v in asked["data"].items() if v is not None}}, settings or {})
    return fit_tree(source, tree, options, Listener(observers=options.observers), budget)


def fit_tree(
    source: Any,
    tree: Mapping[str, Any],
    options: FitOptions,
    listener: "Listener",
    budget: str | int | float | None = None,
) -> Run:
    """As `fit`, from settings that are nested already; the command line comes in here."""
    from netwright.training.job import run_job

    request = _request(source, tree, options, budget)
    path = run_job(request, _with_images(listener))
    activation = request.settings.get("network", {}).get("activation")
    return finish(Run(path, activation if callable(activation) else None))


def resume(path: str | Path, source: Any = None, listener: "Listener | None" = None) -> Run:
    """Go on with a run that was stopped, bit for bit as if it had not been.

    Args:
        path: the run directory.
        source: the frame or arrays again, where the run was fitted on data in memory.
        listener: who is told of it.
    """
    from netwright.training.job import resume_job
    from netwright.training.stage import Listener, Request

    resume_job(Path(path), Request(settings={}, source=source), _with_images(listener or Listener()))
    return finish(Run(path))


def _with_images(listener: "Listener") -> "Listener":
    """Have the images or series of a run shown in its report: training does not know how they are explained."""
    from netwright.explanation.galleries import show_test_rows

    return replace(listener, tested=show_test_rows)


def load(path: str | Path, activation: Any = None) -> Run:
    """Open a run directory.

    Args:
        path: the run directory.
        activation: the function that the run was fitted with, where it was a Python function.
    """
    return Run(path, activation)


def finish(run: Run) -> Run:
    """Write the report of a run."""
    from netwright.report.page import render_report

    write_atomic(run.report, render_report(run.summary, str(run.path)).encode())
    return run


def settings_tree(base: Mapping[str, Any], settings: Mapping[str, Any]) -> dict[str, Any]:
    """Put settings by dotted name on top of nested ones."""
    from netwright.training.recipe import merge
    from netwright.training.settings import place

    tree: dict[str, Any] = {}
    for name, value in settings.items():
        place(tree, name, value)
    return merge(base, tree)


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


def _request(source: Any, tree: Mapping[str, Any], options: FitOptions, budget: str | int | float | None) -> "Request":
    from netwright.training.recipe import merge, recipe_from, refuse_pipes
    from netwright.training.stage import Request

    if options.recipe is not None:
        tree = merge(_recipe_called(options.recipe), tree)
    recipe = recipe_from(tree, "settings" if options.recipe is None else str(options.recipe))
    if source is None and options.recipe is not None:
        refuse_pipes(recipe.data, Path(options.recipe))
    if isinstance(source, str | Path):
        tree = merge(tree, {"data": {"source": str(source)}})
    elif source is None and not tree.get("data", {}).get("source"):
        raise RecipeError("expected data: a path, @breast-cancer and its like, or --recipe RECIPE; got none")
    frame = None if isinstance(source, str | Path) else source
    return Request(tree, frame, Path(options.runs), options.name, parse_budget(budget), options.started)


def _recipe_called(asked: str | Path) -> Mapping[str, Any]:
    """Return the settings that a recipe's name or file stands for."""
    from netwright.training.recipes import RECIPES
    from netwright.training.settings import read_recipe

    name = str(asked)
    if name in RECIPES:
        return {"preset": {"recipe": name}}
    if "." not in name and not Path(name).exists():
        known = ", ".join(RECIPES)
        raise RecipeError(f"--recipe: expected a recipe.toml or one of {known}, got {name!r}; {nearest(name, RECIPES)}")
    return read_recipe(Path(name))


__all__ = ["FitOptions", "Run", "fit", "load", "resume"]
