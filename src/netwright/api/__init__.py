"""The Python face: `fit`, `forecast`, `load` and `resume`.

Takes paths, frames, arrays and settings by name. Hands on runs: a file for each kind of them, and what they share in
options.py.
Does not know the command line, which calls it as anybody does.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from netwright.api.comparison import compare, load_comparison
from netwright.api.diagnosis import diagnose_run, of_training, watched_live, watched_text_live
from netwright.api.drawing import draw_landscape, landscape
from netwright.api.explaining import explain, explain_run
from netwright.api.explanation import Flip, Questions
from netwright.api.forecast_run import ForecastRun
from netwright.api.options import FitOptions, Observer, parse_budget, settings_tree
from netwright.api.preflight import preflight, preflight_tree
from netwright.api.scripts import ScriptDiagnosis, diagnose_script
from netwright.api.series import finish_forecast, forecast_tree, is_forecast_run, resume_forecast
from netwright.api.tables import Run, finish, fit_tree, resume_table
from netwright.api.texts import LanguageRun, fit_text, resume_text, why_text
from netwright.api.treatment import treat
from netwright.core.errors import RecipeError
from netwright.core.language import Sampling

if TYPE_CHECKING:
    from netwright.diagnosis.preflight import preflight_module
    from netwright.training.stage import Listener


def fit(
    source: Any = None,
    target: str | int | None = None,
    *,
    test: str | None = None,
    settings: Mapping[str, Any] | None = None,
    budget: str | int | float | None = None,
    options: FitOptions | None = None,
) -> Run | LanguageRun:
    """Train a network on a table, images, texts or series, or on one text to write on, and save it with the evidence.

    Args:
        source: a path (CSV, TSV, Parquet, JSON lines, Arrow IPC, .gz, a.zip::b.csv; a folder or .zip with a folder of
            images or .txt files for each class; IDX, .npz, .ts; one .txt), "@digits" and its like, a pandas or Polars
            frame, a NumPy array or a pair (X, y). None: what `options.recipe` names.
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
    if "data.horizon" in (settings or {}):
        raise RecipeError("data.horizon: a forecast is made by netwright.forecast(source, horizon); call that")
    asked: dict[str, Any] = {"data": {"target": target, "test": test}}
    tree = settings_tree({"data": {k: v for k, v in asked["data"].items() if v is not None}}, settings or {})
    if why_text(source, tree, options):
        from netwright.training.language.job import LanguageListener

        return fit_text(source, tree, options, LanguageListener(observers=options.observers), budget)
    return fit_tree(source, tree, options, Listener(observers=options.observers), budget)


def forecast(
    source: Any,
    horizon: int,
    target: str | Sequence[str] = (),
    *,
    settings: Mapping[str, Any] | None = None,
    budget: str | int | float | None = None,
    options: FitOptions | None = None,
) -> ForecastRun:
    """Train networks that forecast the next `horizon` rows of a table of series, and save them with the evidence.

    Args:
        source: as of `fit`; rows of one series, or of many that a column tells apart ("data.group").
        horizon: rows to forecast.
        target: the column or columns to forecast; none: all columns of numbers.
        settings: anything of recipe.toml by dotted name, e.g. {"data.time": "date", "windows.lookback": 336}.
        budget: wall time of the whole call, "2m" or seconds.
        options: where the run goes and who is told of it.

    Returns:
        The run, already tested and reported.

    Raises:
        NetwrightError: one sentence that says what was expected, what came and what to do.

    Example:
        >>> run = nw.forecast("etth1.csv", 96)  # doctest: +SKIP
        >>> run.predict("latest.csv")  # doctest: +SKIP
    """
    from netwright.training.forecasting.stage import ForecastListener

    options = options or FitOptions()
    targets = [target] if isinstance(target, str) else list(target)
    tree = settings_tree({"data": {"horizon": horizon, "target": targets}}, settings or {})
    return forecast_tree(source, tree, options, ForecastListener(observers=options.observers), budget)


def resume(path: str | Path, source: Any = None, listener: "Listener | None" = None) -> Run | LanguageRun | ForecastRun:
    """Go on with a run that was stopped, bit for bit as if it had not been.

    Args:
        path: the run directory.
        source: the frame or arrays again, where the run was fitted on data in memory.
        listener: who is told of it, of a run on a table.
    """
    if is_forecast_run(path):
        return resume_forecast(path, source)
    if _is_language_run(path):
        from netwright.training.language.job import LanguageListener

        return resume_text(path, LanguageListener())
    return resume_table(path, source, listener)


def load(path: str | Path, activation: Any = None) -> Run | LanguageRun | ForecastRun:
    """Open a run directory: a Run, the ForecastRun of a forecast, or the LanguageRun of a text to write on.

    Args:
        path: the run directory.
        activation: the function that the run was fitted with, where it was a Python function.
    """
    if is_forecast_run(path):
        return ForecastRun(path)
    return LanguageRun(path) if _is_language_run(path) else Run(path, activation)


def _is_language_run(path: str | Path) -> bool:
    from netwright.training.language.run import is_language_run

    try:
        return is_language_run(Path(path))
    except OSError:  # too long a name, say: whoever opens it says so
        return False


def __getattr__(name: str) -> Any:
    """Import what loads torch on first use."""
    if name == "preflight_module":
        from netwright.diagnosis.preflight import preflight_module

        return preflight_module
    raise AttributeError(f"module 'netwright.api' has no attribute {name!r}")


__all__ = [
    "FitOptions",
    "Flip",
    "ForecastRun",
    "LanguageRun",
    "Observer",
    "Questions",
    "Run",
    "Sampling",
    "ScriptDiagnosis",
    "compare",
    "diagnose_run",
    "diagnose_script",
    "draw_landscape",
    "explain",
    "explain_run",
    "finish",
    "finish_forecast",
    "fit",
    "fit_text",
    "fit_tree",
    "forecast",
    "forecast_tree",
    "is_forecast_run",
    "landscape",
    "load",
    "load_comparison",
    "of_training",
    "parse_budget",
    "preflight",
    "preflight_module",
    "preflight_tree",
    "resume",
    "resume_forecast",
    "resume_table",
    "resume_text",
    "settings_tree",
    "treat",
    "watched_live",
    "watched_text_live",
    "why_text",
]
