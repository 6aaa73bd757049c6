"""The report: one HTML file that needs no network, no script and nothing beside it."""

import shlex

import jinja2

from netwright.core.evidence import Diagnostics, Evaluation, Measure
from netwright.core.explanations import Explained
from netwright.core.landscapes import Landscape
from netwright.core.values import EpochRecord, RunSummary
from netwright.diagnosis.treatment.values import Treatment
from netwright.report.charts.confusion import MOST_CLASSES, heat_map
from netwright.report.charts.coverage import coverage_dots, set_sizes
from netwright.report.charts.curves import loss_curves, metric_curve
from netwright.report.charts.intervals import dots
from netwright.report.charts.learning import learning_picture
from netwright.report.charts.members import member_curves
from netwright.report.charts.rates import rates_picture
from netwright.report.charts.reliability import diagram
from netwright.report.charts.residuals import histogram, scatter
from netwright.report.charts.series import draw_one_series
from netwright.report.charts.sketch import sketch_picture
from netwright.report.charts.slices import slice_dots
from netwright.report.charts.spread import fold_dots, member_dots
from netwright.report.charts.trials import trials_picture
from netwright.report.explanations import TOOLS
from netwright.report.findings import grouped
from netwright.report.landscape.section import shown_landscape
from netwright.report.names import MetricName, baseline_name, direction, metric_name
from netwright.report.numbers import bound, close, count, counted, duration, interval, setting, share, show
from netwright.report.tables import best_value, contents, loss_name, of_contenders, of_the_run
from netwright.report.templating import template_of
from netwright.report.trust import trust_in_words
from netwright.report.verdict import folds_in_words, judge, worth_of

TEMPLATE = "report.html.j2"


def render_report(
    summary: RunSummary,
    folder: str = "",
    treatment: Treatment | None = None,
    explained: Explained | None = None,
    landscape: Landscape | None = None,
) -> str:
    """Draw a run as one self-contained page. All that came from the data is escaped.

    Args:
        summary: the run.
        folder: the run directory as people type it in commands; `runs/<name>` where it is not given.
        treatment: what was tried on the run, if anything.
        explained: what its answers rest on, as far as that was asked.
        landscape: the loss around its network, if it was drawn.
    """
    evaluation = summary.evaluation
    return template().render(
        summary=summary,
        folder=shlex.quote(folder or f"runs/{summary.name}"),
        verdict=judge(summary),
        metrics=[metric_row(name, measure, evaluation) for name, measure in evaluation.metrics.items()],
        baselines=[baseline_name(name) for name in evaluation.baselines],
        findings=grouped(summary.findings),
        best=best_epoch(summary.epochs),
        worth=worth_of(summary.ensemble) if summary.ensemble else "",
        folds=folds_in_words(summary.ensemble) if summary.ensemble else "",
        trust=trust_in_words(evaluation, summary.diagnostics, summary),
        treatment=treatment,
        explained=explained,
        landscape=shown_landscape(landscape),
        pictures=draw_pictures(summary) | draw_treatment(treatment),
        most_classes=MOST_CLASSES,
    )


def template() -> jinja2.Template:
    numbers = (bound, close, count, counted, direction, duration, interval, setting, share, show)
    tools = (*numbers, *TOOLS, contents, draw_one_series, loss_name, of_contenders, of_the_run, sketch_picture)
    return template_of(TEMPLATE, *tools)


def draw_pictures(summary: RunSummary) -> dict[str, str]:
    """Every picture of the page by name; empty where there is nothing to draw."""
    diagnostics, evaluation = summary.diagnostics, summary.evaluation
    headline = metric_name(evaluation.headline, evaluation).label
    return (
        draw_networks(summary, headline)
        | draw_trust(diagnostics, headline)
        | {
            "loss": loss_curves(summary.epochs),
            "metric": metric_curve(summary.epochs, headline),
            "confusion": heat_map(diagnostics.confusion, summary.schema.classes),
            "scatter": scatter(diagnostics.residuals, summary.schema.target),
            "histogram": histogram(diagnostics.residuals),
        }
    )


def draw_treatment(treatment: Treatment | None) -> dict[str, str]:
    """What was tried on the run."""
    return {"trials": trials_picture(treatment.rows, treatment.unit) if treatment else ""}


def draw_trust(diagnostics: Diagnostics, headline: str) -> dict[str, str]:
    """Pictures of how far the answers are to be trusted."""
    coverage, slices = diagnostics.coverage, diagnostics.slices
    return {
        "reliability": diagram(diagnostics.reliability, diagnostics.reliability_before),
        "coverage": coverage_dots(coverage) if coverage else "",
        "sizes": set_sizes(coverage) if coverage else "",
        "slices": slice_dots(slices, headline) if slices else "",
    }


def draw_networks(summary: RunSummary, headline: str) -> dict[str, str]:
    """Pictures of the networks behind the one: folds, members, growing shares of the rows."""
    ensemble, curve = summary.ensemble, summary.learning_curve
    crossed = ensemble.cross_validation if ensemble else None
    return {
        "folds": fold_dots(crossed, headline) if crossed else "",
        "members": member_dots(ensemble, headline) if ensemble else "",
        "member_curves": member_curves(ensemble.members) if ensemble else "",
        "learning": learning_picture(curve, headline) if curve else "",
        "rates": rates_picture(summary.rate_test) if summary.rate_test else "",
    }


def metric_row(name: str, ours: Measure, evaluation: Evaluation) -> dict[str, object]:
    """One metric as the page shows it: its name, a measure per model and a picture of their intervals."""
    label: MetricName = metric_name(name, evaluation)
    others = [metrics.get(name) for metrics in evaluation.baselines.values()]
    values = [measure.value for measure in (ours, *others) if measure is not None and measure.value is not None]
    drawn = [
        (baseline_name(key), measure)
        for key, measure in zip(evaluation.baselines, others, strict=True)
        if measure is not None
    ]
    return {
        "name": label,
        "measures": [ours, *others],
        "best": best_value(values, label.higher_is_better),
        "picture": dots(label.label, ours, drawn),
    }


def best_epoch(epochs: tuple[EpochRecord, ...]) -> EpochRecord | None:
    """The epoch whose weights are kept: the last that was the best so far."""
    return next((record for record in reversed(epochs) if record.best), None)
