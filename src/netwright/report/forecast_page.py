"""The report of a forecast: one HTML file that needs no network, no script and nothing beside it."""

import shlex

import jinja2

from netwright.core.explanations import Explained
from netwright.core.forecasts import Example, ForecastSummary
from netwright.core.landscapes import Landscape
from netwright.report.charts.curves import loss_curves
from netwright.report.charts.forecast import forecast_picture
from netwright.report.charts.horizon import coverage_by_step, error_by_step, origin_dots
from netwright.report.charts.sketch import sketch_picture
from netwright.report.explanations import TOOLS
from netwright.report.findings import grouped
from netwright.report.forecast_words import step_in_words, trust_of_forecasts, verdict_on
from netwright.report.landscape.section import shown_landscape
from netwright.report.numbers import close, count, counted, duration, interval, percent, setting, show
from netwright.report.page import best_epoch
from netwright.report.tables import of_contenders, of_the_run
from netwright.report.templating import template_of

TEMPLATE = "forecast.html.j2"
MOST_STEPS = 12  # of the table by step


def render_forecast_report(
    summary: ForecastSummary, folder: str = "", explained: Explained | None = None, landscape: Landscape | None = None
) -> str:
    """Draw a forecasting run as one self-contained page. All that came from the data is escaped.

    Args:
        summary: the run.
        folder: the run directory as people type it in commands; `runs/<name>` where it is not given.
        explained: what its forecasts rest on, as far as that was asked.
        landscape: the loss around its network, if it was drawn.
    """
    evaluation = summary.evaluation
    return template().render(
        summary=summary,
        landscape=shown_landscape(landscape),
        folder=shlex.quote(folder or f"runs/{summary.name}"),
        verdict=verdict_on(summary),
        step=step_in_words(summary.schema),
        trust=trust_of_forecasts(evaluation),
        findings=grouped(summary.findings),
        explained=explained,
        best=best_epoch(summary.epochs),
        windows=[(example, forecast_picture(example)) for example in evaluation.examples],
        origins=list(dict.fromkeys(map(origin_of, evaluation.examples))),
        steps=some_steps(summary),
        pictures={
            "steps": error_by_step(evaluation.steps, evaluation.baseline_steps),
            "coverage": coverage_by_step(evaluation.steps, evaluation.coverage),
            "origins": origin_dots(evaluation.backtest) if evaluation.backtest else "",
            "loss": loss_curves(summary.epochs),
        },
    )


def origin_of(example: Example) -> tuple[str, str]:
    """What tells the window of an example from those of others."""
    return example.series, example.origin


def some_steps(summary: ForecastSummary) -> list[object]:
    """The first and the last step, and some between them."""
    steps = summary.evaluation.steps
    every = max(1, -(-len(steps) // MOST_STEPS))
    return [step for step in steps if step.step == 1 or step.step % every == 0 or step.step == len(steps)]


def template() -> jinja2.Template:
    numbers = (close, count, counted, duration, interval, percent, setting, show)
    tools = (*numbers, *TOOLS, of_contenders, of_the_run, origin_of, sketch_picture)
    return template_of(TEMPLATE, *tools)
