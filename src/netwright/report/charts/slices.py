"""Who is served worse: the headline metric by value of a column, worst first, beside that of all rows."""

from markupsafe import Markup

from netwright.core.evidence import Slices
from netwright.report.charts.lanes import Lane, lanes_picture
from netwright.report.charts.svg import shorten
from netwright.report.numbers import count, show

MOST = 18
MOST_LETTERS = 10  # of a column's name, so that there is room for the value


def slice_dots(found: Slices, metric: str) -> Markup:
    """The worst slices, a lane each; those whose interval leaves out the value of all rows stand out."""
    marked = set(map(id, found.marked))
    lanes = [
        Lane(
            f"{shorten(entry.column, MOST_LETTERS)}: {entry.value}",
            entry.measure,
            f"{show(entry.measure.value)} · {count(entry.rows)}",
            "apart" if id(entry) in marked else "ours",
        )
        for entry in found.shown[:MOST]
    ]
    line = f"all {show(found.overall)}"
    return lanes_picture(
        lanes, f"{metric} · rows", (line, found.overall), f"{metric} by value of a column, worst first"
    )
