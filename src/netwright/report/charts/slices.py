"""Who is served worse: the headline metric by value of a column, worst first, beside that of all rows."""

from markupsafe import Markup

from netwright.core.evidence import Slices
from netwright.report.charts.lanes import Lane, lanes_picture
from netwright.report.numbers import count, show

MOST = 18


def slice_dots(found: Slices, metric: str) -> Markup:
    """The worst slices, a lane each; those whose interval leaves out the value of all rows stand out."""
    marked = set(map(id, found.marked))
    lanes = [
        Lane(
            f"{entry.column}: {entry.value}",
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
