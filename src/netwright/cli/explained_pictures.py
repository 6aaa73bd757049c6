"""Pictures of explanations in characters: an image of half blocks, a series of bars, coloured words.

Orange speaks for the answer, blue against it; the fuller the colour, the more.
"""

import base64
import io
from collections.abc import Sequence

from rich.text import Text

from netwright.core.explanations import ImageHeat, SeriesHeat, TextHeat
from netwright.report.charts.explained_series import most_explained
from netwright.report.numbers import is_finite

FOR, AGAINST = "rgb(224,110,20)", "rgb(40,120,210)"
COLOURS = {True: (255, 120, 0), False: (0, 110, 230)}
MOST_WIDE, MOST_HIGH = 40, 40  # pixels of an image
LEVELS = "▁▂▃▄▅▆▇█"
NAME = 14  # characters of a channel's name
FAINT = 0.05  # of the largest amount: below, a word has no colour
Colour = tuple[int, int, int]


def heat_of_text(heat: TextHeat) -> Text:
    """The text as it stands, each piece on its colour."""
    most = _largest([heat.amounts])
    drawn = Text()
    for piece, amount in zip(heat.pieces, heat.amounts, strict=True):
        share = amount / most if most and is_finite(amount) else 0.0
        drawn.append(piece, style=f"black on {_rgb(_mixed((255, 255, 255), share))}" if abs(share) > FAINT else "")
    return drawn


def heat_of_image(heat: ImageHeat, width: int) -> Text:
    """The image in grey under its amounts, two rows of pixels a line; only the amounts where it cannot be read."""
    rows, columns = len(heat.amounts), len(heat.amounts[0])
    every = max(1, -(-columns // min(MOST_WIDE, width)), -(-rows // MOST_HIGH))
    amounts = _pooled(heat.amounts, every)
    grey = _greys(heat.picture, (len(amounts[0]), len(amounts)))
    most = _largest(amounts)
    colours = [
        [_mixed((level,) * 3, value / most if most else 0.0) for value, level in zip(row, levels, strict=True)]
        for row, levels in zip(amounts, grey, strict=True)
    ]
    drawn = Text()
    for upper in range(0, len(colours), 2):
        lower = colours[upper + 1] if upper + 1 < len(colours) else [None] * len(colours[0])
        for above, below in zip(colours[upper], lower, strict=True):
            drawn.append("▀", style=f"{_rgb(above)} on {_rgb(below)}" if below else _rgb(above))
        drawn.append("\n")
    return drawn


def heat_of_series(heat: SeriesHeat, width: int) -> Text:
    """Each channel as bars of eight heights, on the colours of its amounts."""
    room = max(10, width - NAME - 2)
    every = max(1, -(-len(heat.values[0]) // room)) if heat.values else 1
    shown = most_explained(heat)
    stripes = {channel: _sums(heat.amounts[channel], every) for channel in shown}
    most = _largest(list(stripes.values()))
    drawn = Text()
    for channel in shown:
        drawn.append(f"{heat.names[channel][:NAME]:<{NAME}}  ")
        for level, amount in zip(_levels(heat.values[channel], every), stripes[channel], strict=True):
            share = amount / most if most else 0.0
            drawn.append(level, style=f"black on {_rgb(_mixed((235, 235, 235), share))}")
        drawn.append("\n")
    return drawn


def _levels(values: Sequence[float | None], every: int) -> list[str]:
    known = [value for value in values if is_finite(value)]
    low, high = min(known, default=0.0), max(known, default=1.0)
    firsts = [next(filter(is_finite, values[at : at + every]), None) for at in range(0, len(values), every)]
    top = len(LEVELS) - 1
    return [" " if one is None else LEVELS[round(top * (one - low) / ((high - low) or 1.0))] for one in firsts]


def _sums(amounts: Sequence[float], every: int) -> list[float]:
    return [sum(filter(is_finite, amounts[at : at + every])) for at in range(0, len(amounts), every)]


def _pooled(amounts: Sequence[Sequence[float]], every: int) -> list[list[float]]:
    rows = [_sums(row, every) for row in amounts]
    return [[sum(column) for column in zip(*rows[at : at + every], strict=True)] for at in range(0, len(rows), every)]


def _greys(picture: str, size: tuple[int, int]) -> list[list[int]]:
    """Return the picture's grey levels at a size; a middle grey where it cannot be read."""
    from PIL import Image

    try:
        content = base64.b64decode(picture.partition(",")[2], validate=True)
        with Image.open(io.BytesIO(content), formats=("PNG", "JPEG")) as image:
            levels = image.convert("L").resize(size, Image.Resampling.BOX).tobytes()
    except (OSError, ValueError, Image.DecompressionBombError):
        return [[128] * size[0]] * size[1]
    return [list(levels[at : at + size[0]]) for at in range(0, len(levels), size[0])]


def _mixed(ground: Colour, share: float) -> Colour:
    """Lay the colour of an amount, -1 to 1, over a ground."""
    part = min(1.0, abs(share)) ** 0.7
    red, green, blue = (round(a + (b - a) * part) for a, b in zip(ground, COLOURS[share > 0], strict=True))
    return red, green, blue


def _rgb(colour: Colour) -> str:
    return "rgb({},{},{})".format(*colour)


def _largest(rows: Sequence[Sequence[float]]) -> float:
    return max((abs(value) for row in rows for value in row if is_finite(value)), default=0.0)
