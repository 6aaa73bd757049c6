"""Where one head looks: a square for each pair of tokens, darker where more is taken."""

from markupsafe import Markup

from netwright.core.language import AttentionMap
from netwright.report.charts.svg import element, picture, rectangle, text

CELL, LEFT, TOP = 12.0, 60.0, 60.0
LONGEST = 8  # letters of a token that are shown
FAINT = 0.02  # weights below it are not drawn


def attention_map(seen: AttentionMap) -> Markup:
    """Draw who looks (rows) at whom (columns)."""
    size = CELL * len(seen.pieces)
    parts = [_frame(size)]
    for row, weights in enumerate(seen.weights):
        y = TOP + CELL * row
        parts.append(text(LEFT - 5, y + CELL - 3, visible(seen.pieces[row]), class_="token", text_anchor="end"))
        x = LEFT + CELL * row
        turned = f"rotate(-90 {x + CELL - 3:.1f} {TOP - 5:.1f})"
        parts.append(text(x + CELL - 3, TOP - 5, visible(seen.pieces[row]), class_="token", transform=turned))
        parts += [_cell(seen, row, column, weight) for column, weight in enumerate(weights) if weight >= FAINT]
    said = f"attention of head {seen.head} in block {seen.block} over {len(seen.pieces)} tokens"
    return picture(LEFT + size + 4, TOP + size + 4, said, *parts)


def _frame(size: float) -> Markup:
    corner = f"M{LEFT} {TOP}V{TOP + size}H{LEFT + size}Z"
    return element("path", d=corner, class_="lower")


def _cell(seen: AttentionMap, row: int, column: int, weight: float) -> Markup:
    place = (LEFT + CELL * column, TOP + CELL * row)
    told = f"{visible(seen.pieces[row])} takes {weight:.0%} from {visible(seen.pieces[column])}"
    hover = element("title", told)
    return rectangle(place, (CELL, CELL), hover, class_="look", fill_opacity=f"{min(1.0, weight**0.5):.2f}")


def visible(piece: str) -> str:
    """A token with its blanks and line ends made visible."""
    shown = piece.replace("\n", "⏎").replace(" ", "␣").replace("\t", "⇥")
    return shown if len(shown) <= LONGEST else shown[: LONGEST - 1] + "…"
