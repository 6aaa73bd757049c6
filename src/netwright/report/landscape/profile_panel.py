"""The loss along one direction, as a curve."""

import math

from netwright.core.landscapes import Profile
from netwright.report.landscape.canvas import Canvas
from netwright.report.landscape.map_panel import ticks_of
from netwright.report.landscape.scale import Scale, nice


def draw_profile(canvas: Canvas, at: tuple[int, int], side: int, profile: Profile, scale: Scale) -> None:
    """Draw the loss along the first direction on the scale of the surface."""
    ink, (left, top) = canvas.ink, at
    low, high = profile.steps[0], profile.steps[-1]
    heights = scale.heights((profile.losses,))[0]
    for height in (0.0, 0.25, 0.5, 0.75, 1.0):
        y = top + side * (1.0 - height)
        canvas.line([(left, y), (left + side, y)], ink.rule, 0.7)
        canvas.text((left - 8, y), nice([scale.loss(height)])[0], ink.soft, 11, "rm")
    ticks = ticks_of(profile.steps)
    for tick, said in zip(ticks, nice(ticks), strict=True):
        x = left + side * (tick - low) / (high - low)
        canvas.line([(x, top + side), (x, top + side + 5)], ink.soft)
        canvas.text((x, top + side + 9), said, ink.soft, 11, "mt")
    places = [
        (left + side * (step - low) / (high - low), top + side * (1.0 - float(height)))
        for step, height, loss in zip(profile.steps, heights, profile.losses, strict=True)
        if loss is not None and math.isfinite(loss)
    ]
    canvas.line(places, (34, 108, 156) if ink.paper[0] > 128 else (116, 185, 238), 2.2)
    middle = left + side * (0.0 - low) / (high - low)
    at_zero = heights[min(range(len(profile.steps)), key=lambda k: abs(profile.steps[k]))]
    canvas.dot((middle, top + side * (1.0 - float(at_zero))), 4.5, ink.accent, ink.paper)
