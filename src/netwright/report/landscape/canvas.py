"""A picture that is drawn at twice its size and then made small, so that lines are smooth."""

import io
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Colour = tuple[int, int, int]
Number = float | int
Point = tuple[Number, Number]
Theme = Literal["light", "dark"]
LINE = 0.74  # how bright a line on a mesh is beside the mesh
OVER = 2  # pixels drawn for each that is kept


@dataclass(frozen=True)
class Ink:
    """The colours of a theme; those of the report."""

    paper: Colour
    text: Colour
    soft: Colour
    rule: Colour
    accent: Colour


INKS: dict[Theme, Ink] = {
    "light": Ink((253, 252, 249), (29, 28, 26), (98, 94, 86), (206, 201, 190), (168, 71, 10)),
    "dark": Ink((23, 24, 27), (233, 231, 225), (168, 164, 154), (62, 65, 72), (240, 165, 107)),
}


class Canvas:
    """Draws in pixels of the finished picture."""

    def __init__(self, width: int, height: int, theme: Theme) -> None:
        self.ink = INKS[theme]
        self.image = Image.new("RGB", (width * OVER, height * OVER), self.ink.paper)
        self.draw = ImageDraw.Draw(self.image)

    def line(self, points: list[Point], colour: Colour, width: Number = 1.0) -> None:
        scaled = [(x * OVER, y * OVER) for x, y in points]
        self.draw.line(scaled, fill=colour, width=max(1, round(width * OVER)), joint="curve")

    def segments(self, ends: NDArray[np.float64], colour: Colour, width: Number = 1.0) -> None:
        """Draw many short lines of one colour: [segment, end, (x, y)]."""
        thick = max(1, round(width * OVER))
        for pair in (ends * OVER).reshape(-1, 4).tolist():
            self.draw.line(pair, fill=colour, width=thick)

    def meshes(self, corners: NDArray[np.float64], shades: NDArray[np.float64], sides: NDArray[np.bool_]) -> None:
        """Paint quadrilaterals one over the other.

        Args:
            corners: [mesh, corner, (x, y)].
            shades: red, green and blue from 0 to 255, [mesh, 3].
            sides: whether the first and the last side of each are drawn as lines, [mesh, 2].
        """
        fills, lines = shades.astype(int).tolist(), (shades * LINE).astype(int).tolist()
        drawn = zip((corners * OVER).tolist(), fills, lines, sides.tolist(), strict=True)
        for quad, fill, line, (first, last) in drawn:
            (ax, ay), (bx, by), (cx, cy), (dx, dy) = quad
            shade = tuple(fill)
            self.draw.polygon((ax, ay, bx, by, cx, cy, dx, dy), fill=shade, outline=shade)
            if first:
                self.draw.line((ax, ay, bx, by), fill=tuple(line), width=1)
            if last:
                self.draw.line((ax, ay, dx, dy), fill=tuple(line), width=1)

    def polygon(self, points: list[Point], fill: Colour, outline: Colour | None = None) -> None:
        self.draw.polygon([(x * OVER, y * OVER) for x, y in points], fill=fill, outline=outline)

    def dot(self, at: Point, radius: Number, fill: Colour, ring: Colour | None = None) -> None:
        x, y, r = at[0] * OVER, at[1] * OVER, radius * OVER
        self.draw.ellipse((x - r, y - r, x + r, y + r), fill=fill, outline=ring, width=OVER if ring else 0)

    def text(self, at: Point, said: str, colour: Colour, size: Number = 12.0, anchor: str = "ls") -> None:
        self.draw.text((at[0] * OVER, at[1] * OVER), said, fill=colour, font=_font(size), anchor=anchor)

    def pixels(self, at: tuple[int, int], rgb: NDArray[np.float64], size: tuple[int, int]) -> None:
        """Put an array of colours [height, width, 3] into a rectangle."""
        part = Image.fromarray(np.clip(rgb, 0, 255).astype(np.uint8), "RGB")
        part = part.resize((size[0] * OVER, size[1] * OVER), Image.Resampling.BICUBIC)
        self.image.paste(part, (at[0] * OVER, at[1] * OVER))

    def file(self, kind: Literal["png", "webp"] = "png") -> bytes:
        """Return the picture as a file; the same picture gives the same bytes."""
        size = self.image.width // OVER, self.image.height // OVER
        out = io.BytesIO()
        self.image.resize(size, Image.Resampling.LANCZOS).save(out, kind.upper(), quality=90)
        return out.getvalue()


@cache
def _font(size: Number) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size * OVER)


def mixed(one: Colour, other: Colour, share: float) -> Colour:
    """Return a colour between two."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue
