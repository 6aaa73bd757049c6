"""Do prediction sets and intervals hold the truth as often as was asked, and how large are they?"""

from markupsafe import Markup

from netwright.core.evidence import Coverage, Covered
from netwright.report.charts.axes import left_axis
from netwright.report.charts.lanes import Lane, lanes_picture
from netwright.report.charts.scale import fixed
from netwright.report.charts.svg import element, line, picture, rectangle, text
from netwright.report.numbers import counted, is_finite, percent, share

MOST_GROUPS = 14  # of more, those that are covered worst
MOST_SIZES = 10
WIDTH, HEIGHT = 340, 220
LEFT, RIGHT, TOP, BOTTOM = 46.0, 326.0, 38.0, 170.0


def coverage_dots(found: Coverage) -> Markup:
    """A lane for all rows and one for each group, beside the coverage asked for."""
    groups = sorted(found.groups, key=lambda group: group.covered.value or 0.0)[:MOST_GROUPS]
    kept = [group for group in found.groups if group in groups]
    lanes = [
        Lane(group.group or "all rows", group.covered, beside(group, bool(found.sizes)), style)
        for group in (found.every, *kept)
        for style in ["apart" if too_low(group, found) else "ours"]
    ]
    heading = "held · mean size" if found.sizes else "held"
    return lanes_picture(lanes, heading, (f"asked {found.asked:.0%}", found.asked), "Share of truths held")


def too_low(group: Covered, found: Coverage) -> bool:
    """Of all rows: below what so few held-out rows explain. Of a group: its interval lies below what was asked."""
    if not group.group:
        return is_finite(group.covered.value) and group.covered.value < found.expected[0]
    return is_finite(group.covered.high) and group.covered.high < found.asked


def beside(group: Covered, sets: bool) -> str:
    """The share held, and of sets their mean size; intervals are all equally wide."""
    size = f" · {group.size:.2f}" if sets and is_finite(group.size) else ""
    return f"{percent(group.covered.value)}{size}"


def set_sizes(found: Coverage) -> Markup:
    """How many rows have a set of one class, of two, and so on; the largest sizes are summed up in the last bar."""
    sizes = found.sizes
    if len(sizes) > MOST_SIZES:
        sizes = (*sizes[: MOST_SIZES - 1], sum(sizes[MOST_SIZES - 1 :]))
    if not sum(sizes):
        return Markup("")
    last = max(index for index, rows in enumerate(sizes) if rows)
    names = [str(index + 1) for index in range(len(sizes))]
    names[-1] += "+" if len(found.sizes) > len(sizes) else ""
    up, wide = fixed(0.0, 1.0, BOTTOM, TOP), (RIGHT - LEFT) / max(last + 1, 3)
    parts = [left_axis(up, LEFT, RIGHT, "share of rows", above=24)]
    for index, rows in enumerate(sizes[: last + 1]):
        left, top = LEFT + wide * index + 0.15 * wide, up(rows / sum(sizes))
        said = element("title", f"{counted(rows, 'row')} with {names[index]} of the classes")
        parts.append(rectangle((left, top), (0.7 * wide, BOTTOM - top), said, class_="bar"))
        middle = left + 0.35 * wide
        parts.append(text(middle, top - 5, share(rows, sum(sizes)), class_="tick", text_anchor="middle"))
        parts.append(text(middle, BOTTOM + 17, names[index], class_="tick", text_anchor="middle"))
    parts.append(line((LEFT, BOTTOM), (RIGHT, BOTTOM), class_="mark"))
    parts.append(text(RIGHT, BOTTOM + 35, "classes in the set", class_="axis", text_anchor="end"))
    spoken = ", ".join(f"{name}: {share(rows, sum(sizes))}" for name, rows in zip(names, sizes, strict=True))
    return picture(WIDTH, HEIGHT, f"Rows by number of classes in their prediction set: {spoken}", *parts)
