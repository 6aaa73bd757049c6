"""A surface in space, seen from a corner above: painted from the back to the front, lit from one side."""

import math

import numpy as np
from numpy.typing import NDArray

from netwright.report.landscape.canvas import Canvas, Number, Point, mixed
from netwright.report.landscape.contours import contour
from netwright.report.landscape.scale import Heights, Scale, colours, finer, nice

MESH = 121  # points along each side
TURN, TILT = math.radians(-52.0), math.radians(31.0)
TALL = 0.78  # height of the box beside its side
LINE_EVERY = 6  # meshes between two drawn lines
LIGHT = np.array([-0.45, -0.35, 0.82])

Points = NDArray[np.float64]


class Eye:
    """Turns places in the box, each from 0 to 1, to places on the canvas."""

    def __init__(self, left: Number, top: Number, side: Number) -> None:
        self.centre = (left + side / 2, top + side * 0.53)
        self.size = side * 0.63

    def see(self, across: Points, up: Points, height: Points) -> tuple[Points, Points, Points]:
        """Return places to the right and down, and how near each is."""
        x, y, z = across - 0.5, up - 0.5, (height - 0.5) * TALL
        right = x * math.cos(TURN) - y * math.sin(TURN)
        away = x * math.sin(TURN) + y * math.cos(TURN)
        rise = z * math.cos(TILT) + away * math.sin(TILT)
        near = z * math.sin(TILT) - away * math.cos(TILT)
        far = 1.0 / (1.0 - 0.16 * near)
        return self.centre[0] + right * far * self.size, self.centre[1] - rise * far * self.size, near

    def point(self, across: Number, up: Number, height: Number) -> Point:
        x, y, _ = self.see(*(np.array([part], np.float64) for part in (across, up, height)))
        return float(x[0]), float(y[0])


def draw_relief(canvas: Canvas, eye: Eye, heights: Heights, scale: Scale) -> None:
    """Draw heights [up, across] from 0 to 1 as a surface over a floor with its contour lines."""
    fine = finer(heights, (MESH, MESH))
    _box(canvas, eye, scale)
    _floor(canvas, eye, fine, scale)
    side = np.linspace(0.0, 1.0, MESH)
    across, up = np.meshgrid(side, side)
    right, down, near = eye.see(across, up, fine)
    seen = np.stack([right, down], axis=-1)
    corners = np.stack([seen[:-1, :-1], seen[:-1, 1:], seen[1:, 1:], seen[1:, :-1]], axis=2).reshape(-1, 4, 2)
    rows, columns = np.mgrid[: MESH - 1, : MESH - 1] % LINE_EVERY == 0
    sides = np.stack([rows, columns], axis=-1).reshape(-1, 2)
    order = np.argsort((near[:-1, :-1] + near[1:, 1:]).ravel(), kind="stable")  # from the back to the front
    canvas.meshes(corners[order], lit(fine).reshape(-1, 3)[order], sides[order])


def lit(fine: Heights) -> NDArray[np.float64]:
    """Return the colour of each mesh: that of its height, darker where it turns away from the light."""
    slope_up, slope_across = np.gradient(fine * TALL, 1.0 / (MESH - 1))
    normal = np.stack([-slope_across, -slope_up, np.ones_like(fine)], axis=-1)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    bright = np.clip(normal @ (LIGHT / np.linalg.norm(LIGHT)), 0.0, 1.0)
    return np.asarray(np.clip(colours(fine) * (0.74 + 0.32 * bright)[..., None], 0, 255)[:-1, :-1])


def _box(canvas: Canvas, eye: Eye, scale: Scale) -> None:
    """Draw the floor, the two walls at the back and the losses at one edge."""
    rule = canvas.ink.rule
    floor = [eye.point(*corner, 0.0) for corner in ((0, 0), (1, 0), (1, 1), (0, 1))]
    canvas.polygon(floor, mixed(canvas.ink.paper, rule, 0.35))
    for height in (0.0, 0.25, 0.5, 0.75, 1.0):
        canvas.line([eye.point(*corner, height) for corner in ((0, 0), (0, 1), (1, 1))], rule, 0.7)
        x, y = eye.point(0, 0, height)
        canvas.text((x - 8, y), nice([scale.loss(height)])[0], canvas.ink.soft, 11, "rm")
    for corner in ((0, 0), (0, 1), (1, 1)):
        canvas.line([eye.point(*corner, 0.0), eye.point(*corner, 1.0)], rule, 0.7)
    canvas.line([*floor, floor[0]], rule, 0.7)


def _floor(canvas: Canvas, eye: Eye, fine: Heights, scale: Scale) -> None:
    for level in scale.levels:
        ground = tuple(int(part) for part in colours(np.array(level)))
        shade = mixed(canvas.ink.soft, (ground[0], ground[1], ground[2]), 0.7)
        ends = contour(fine, level) / (MESH - 1)
        right, down, _ = eye.see(ends[..., 0], ends[..., 1], np.zeros(ends.shape[:2]))
        canvas.segments(np.stack([right, down], axis=-1), shade, 0.7)
