"""Where one head looks: a square for each pair of tokens, darker where more is taken."""

from markupsafe import Markup

from netwright.core.language import AttentionMap
from netwright.report.charts.svg import element, picture, rectangle, text

CELL = 12.0
LETTER, GAP = 5.6, 10.0  # width of a letter, and room beside it
LONGEST = 8  # letters of a token that are shown
FAINT = 0.02  # weights below it are not drawn


def attention_map(seen: AttentionMap) -> Markup:
    """Draw who looks (rows) at whom (columns)."""
    names = [visible(piece) for piece in seen.pieces]
    edge = GAP + LETTER * max(map(len, names))
    size = CELL * len(names)
    parts = [element("path", d=f"M{edge} {edge}V{edge + size}H{edge + size}Z", class_="lower")]
    for row, weights in enumerate(seen.weights):
        at = edge + CELL * row + CELL - 3
        parts.append(text(edge - 5, at, names[row], class_="token", text_anchor="end"))
        turned = f"rotate(-90 {at:.1f} {edge - 5:.1f})"
        parts.append(text(at, edge - 5, names[row], class_="token", transform=turned))
        parts += [
            _cell((edge + CELL * column, edge + CELL * row), f"{names[row]} takes {weight:.0%} from {name}", weight)
            for name, (column, weight) in zip(names, enumerate(weights), strict=False)
            if weight >= FAINT
        ]
    said = f"attention of head {seen.head} in block {seen.block} over {len(names)} tokens"
    return picture(edge + size + 4, edge + size + 4, said, *parts)


def _cell(corner: tuple[float, float], told: str, weight: float) -> Markup:
    shade = f"{min(1.0, weight**0.5):.2f}"
    return rectangle(corner, (CELL, CELL), element("title", told), class_="look", fill_opacity=shade)


def visible(piece: str) -> str:
    """A token with its blanks and line ends made visible."""
    shown = piece.replace("\n", "⏎").replace(" ", "␣").replace("\t", "⇥")
    return shown if len(shown) <= LONGEST else shown[: LONGEST - 1] + "…"
