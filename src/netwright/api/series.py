"""Series that are forecast: how a `ForecastRun` comes about."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from netwright.api.diagnosis import note_findings
from netwright.api.forecast_run import ForecastRun
from netwright.api.landscape import landscape_of
from netwright.api.options import FitOptions, request_of
from netwright.core.errors import RecipeError
from netwright.core.files import write_atomic
from netwright.training.run_directory import explained_of

if TYPE_CHECKING:
    from netwright.training.forecasting.stage import ForecastListener


def forecast_tree(
    source: Any,
    tree: Mapping[str, Any],
    options: FitOptions,
    listener: "ForecastListener",
    budget: str | int | float | None = None,
) -> ForecastRun:
    """As `forecast`, from settings that are nested already; the command line comes in here."""
    from netwright.training.forecasting.job import run_forecast_job
    from netwright.training.forecasting.recipe import forecast_recipe_from

    request = request_of(source, tree, options, budget, forecast_recipe_from)
    return finish_forecast(ForecastRun(run_forecast_job(request, listener)))


def resume_forecast(path: str | Path, source: Any = None, listener: "ForecastListener | None" = None) -> ForecastRun:
    """As `resume`, of a forecasting run."""
    from netwright.training.forecasting.job import resume_forecast_job
    from netwright.training.forecasting.stage import ForecastListener
    from netwright.training.stage import Request

    resume_forecast_job(Path(path), Request(settings={}, source=source), listener or ForecastListener())
    return finish_forecast(ForecastRun(path))


def finish_forecast(run: ForecastRun) -> ForecastRun:
    """Diagnose a forecasting run and write its report."""
    note_findings(run.path)
    write_forecast_report(run)
    return run


def write_forecast_report(run: ForecastRun) -> None:
    """Draw a forecasting run as it is stored, with its explanations and its landscape if it has them."""
    from netwright.report.forecast_page import render_forecast_report

    page = render_forecast_report(run.summary, str(run.path), explained_of(run.path), landscape_of(run.path))
    write_atomic(run.report, page.encode())


def is_forecast_run(path: str | Path) -> bool:
    """Whether a run directory is that of a forecast; one that cannot be read is none."""
    from netwright.training.forecasting.recipe import is_forecast
    from netwright.training.settings import read_recipe

    try:
        return is_forecast(read_recipe(Path(path) / "recipe.toml"))
    except RecipeError:
        return False
