"""What was taken for what: truth down, prediction across, counts in the cells, shaded by the share of the row."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from netwright.report.charts.svg import element, picture, rectangle, shorten, text
from netwright.report.numbers import count, share

MOST_CLASSES = 30  # beyond this the classes with the most errors are drawn
LETTER = 6.6  # pixels, about the width of a letter in a label
DARK = 0.55  # share of the row from which a cell is dark enough for light text


@dataclass(frozen=True)
class Grid:
    """Where the cells are, in pixels."""

    cell: float
    left: float
    top: float

    def corner(self, row: int, column: int) -> tuple[float, float]:
        return self.left + column * self.cell, self.top + row * self.cell


def heat_map(confusion: Sequence[Sequence[int]], classes: Sequence[str]) -> Markup:
    """The matrix. Rows are the truth, columns the prediction, both in the order of `classes`."""
    if not confusion:
        return Markup("")
    kept = most_confused(confusion)
    counts = [[confusion[row][column] for column in kept] for row in kept]
    totals = [sum(confusion[row]) for row in kept]
    names = [classes[row] for row in kept]
    grid = layout(names)
    cells = [
        cell(grid, (row, column), counts[row][column], totals[row], (names[row], names[column]))
        for row in range(len(kept))
        for column in range(len(kept))
    ]
    width, height = grid.corner(len(kept), len(kept))
    return picture(width + 12, height + 26, spoken(confusion), labels(grid, names), *cells)


def most_confused(confusion: Sequence[Sequence[int]]) -> list[int]:
    """All classes, or where there are too many the ones with the most errors, in the order they came."""
    errors = [
        sum(row) + sum(other[index] for other in confusion) - 2 * row[index] for index, row in enumerate(confusion)
    ]
    ranked = sorted(range(len(confusion)), key=lambda index: -errors[index])
    return sorted(ranked[:MOST_CLASSES])


def layout(names: list[str]) -> Grid:
    longest = min(max(map(len, names)), 16) * LETTER
    cell = 74.0 if len(names) <= 3 else 48.0 if len(names) <= 6 else 34.0 if len(names) <= 12 else 25.0
    upright = longest > cell - 4
    return Grid(cell, left=longest + 18, top=30.0 + (longest if upright else 12))


def labels(grid: Grid, names: list[str]) -> Markup:
    parts = [text(0, 12, "truth ↓   prediction →", class_="axis")]
    for index, name in enumerate(names):
        x, y = grid.corner(index, index)
        middle = grid.cell / 2
        parts.append(text(grid.left - 8, y + middle + 4, shorten(name, 16), class_="tick", text_anchor="end"))
        parts.append(column_label(x + middle, grid, name))
    return Markup("").join(parts)


def column_label(x: float, grid: Grid, name: str) -> Markup:
    y = grid.top - 8
    if grid.top <= 42:
        return text(x, y, name, class_="tick", text_anchor="middle")
    return text(x + 4, y, shorten(name, 16), class_="tick", transform=f"rotate(-90 {x + 4:.1f} {y:.1f})")


def cell(grid: Grid, place: tuple[int, int], rows: int, total: int, names: tuple[str, str]) -> Markup:
    x, y = grid.corner(*place)
    part = rows / total if total else 0.0
    right = place[0] == place[1]
    title = element(
        "title", f"{names[0]} taken for {names[1]}: {count(rows)} of {count(total)} rows ({share(rows, total)})"
    )
    shade = {
        "class_": "right" if right else "wrong",
        "fill_opacity": f"{min(1, 0.06 + 0.94 * part) if rows else 0:.2f}",
    }
    box = rectangle((x + 1, y + 1), (grid.cell - 2, grid.cell - 2), title, **shade)
    tone = "dark" if part > DARK else "faint" if not rows else "light"
    return element("g", box, *cell_texts(grid, (x, y), (rows, total), tone), class_=f"cell {tone}")


def cell_texts(grid: Grid, corner: tuple[float, float], part: tuple[int, int], tone: str) -> list[Markup]:
    """The count, and under it the share of the row where the cell has the room."""
    x, y = corner[0] + grid.cell / 2, corner[1] + grid.cell / 2
    if grid.cell < 40 or tone == "faint":
        small = {"class_": "small"} if grid.cell < 40 else {}
        return [text(x, y + 4, count(part[0]) if part[0] else "·", text_anchor="middle", **small)]
    number = text(x, y, count(part[0]), text_anchor="middle", class_="count")
    return [number, text(x, y + 15, share(*part), text_anchor="middle", class_="small")]


def spoken(confusion: Sequence[Sequence[int]]) -> str:
    total = sum(map(sum, confusion))
    right = sum(row[index] for index, row in enumerate(confusion))
    return f"Confusion matrix of {len(confusion)} classes: {count(right)} of {count(total)} rows on the diagonal, right"
