"""The report of a language model: one HTML file that needs no network, no script and nothing beside it."""

import shlex

import jinja2

from netwright.core.landscapes import Landscape
from netwright.core.language import Excerpt, LanguageSummary
from netwright.report.charts.attention import attention_map
from netwright.report.charts.curves import loss_curves
from netwright.report.charts.ranking import ranking
from netwright.report.charts.sketch import sketch_picture
from netwright.report.findings import grouped
from netwright.report.landscape.section import shown_landscape
from netwright.report.language_tables import notes_of, ranked
from netwright.report.numbers import count, counted, duration, setting, share, show
from netwright.report.templating import template_of

TEMPLATE = "language.html.j2"
SURE, LOST = 0.0, 6.0  # nats at which an excerpt's colour begins and is full


def render_language_report(summary: LanguageSummary, folder: str = "", landscape: Landscape | None = None) -> str:
    """Draw a run as one self-contained page. All that came from the text is escaped.

    Args:
        summary: the run.
        folder: the run directory as people type it in commands.
        landscape: the loss around its network, if it was drawn.
    """
    evaluation, pictures = summary.evaluation, summary.pictures
    models = ranked(evaluation, "this network")
    return template().render(
        summary=summary,
        landscape=shown_landscape(landscape),
        folder=shlex.quote(folder or f"runs/{summary.name}"),
        verdict=judge_text(summary),
        models=models,
        findings=grouped(summary.findings),
        notes=notes_of(evaluation),
        marks=shaded(pictures.excerpt),
        pictures={
            "loss": loss_curves(summary.epochs),
            "ranking": ranking([(name, measure.nats_per_character) for name, measure in models], "this network"),
            "attention": attention_map(pictures.attention) if pictures.attention else "",
        },
        kept=next((record for record in reversed(summary.epochs) if record.best), None),
    )


def judge_text(summary: LanguageSummary) -> str:
    """Say in a sentence how good the network is, and against what."""
    evaluation = summary.evaluation
    said = f"{evaluation.measure.nats_per_character:.3f} nats per character on the {evaluation.part} part"
    if not evaluation.baselines:
        return f"{said}."
    name, best = min(evaluation.baselines.items(), key=lambda pair: pair[1].nats_per_character)
    gain = best.nats_per_character - evaluation.measure.nats_per_character
    compared = "better than" if gain > 0 else "worse than"
    return f"{said}, {abs(gain):.3f} {compared} the best n-gram ({name}, {best.nats_per_character:.3f})."


def shaded(excerpt: Excerpt) -> list[tuple[str, int, float]]:
    """Each token with a step of colour from 0 to 10 by its surprise, and the surprise."""
    return [
        (piece, max(0, min(10, round(10 * (nats - SURE) / (LOST - SURE)))), nats)
        for piece, nats in zip(excerpt.pieces, excerpt.nats, strict=True)
    ]


def template() -> jinja2.Template:
    tools = (count, counted, duration, setting, share, show, sketch_picture)
    return template_of(TEMPLATE, *tools)
