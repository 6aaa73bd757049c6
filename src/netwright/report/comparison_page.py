"""The page of a comparison: one HTML file that needs no network, no script and nothing beside it."""

import jinja2

from netwright.core.comparison import Comparison
from netwright.report.charts.contest import cost_picture, growth_picture
from netwright.report.comparison_words import (
    brought,
    gap_of,
    memory_of,
    metric_of,
    moment_of,
    repeated,
    size_of,
)
from netwright.report.names import direction
from netwright.report.numbers import count, counted, duration, interval, show
from netwright.report.templating import template_of

TEMPLATE = "comparison.html.j2"


def render_comparison(comparison: Comparison, command: str = "") -> str:
    """Draw a comparison as one self-contained page. All that came from the data is escaped.

    Args:
        comparison: what was measured.
        command: that makes it again, as people type it.
    """
    return template().render(
        comparison=comparison,
        command=command,
        metric=metric_of(comparison),
        batch=max(one.cost.batch_rows for one in comparison.contestants),
        pictures={"growth": growth_picture(comparison), "cost": cost_picture(comparison)},
    )


def template() -> jinja2.Template:
    numbers = (count, counted, direction, duration, interval, show)
    tools = (*numbers, brought, gap_of, memory_of, moment_of, repeated, size_of)
    return template_of(TEMPLATE, *tools)
