"""The picture of a landscape: panels beside and below each other on one canvas."""

from collections.abc import Callable

from netwright.core.landscapes import Landscape, Sharpness, Stop, Surface, View
from netwright.report.landscape.canvas import Canvas, Theme
from netwright.report.landscape.map_panel import Frame, draw_map
from netwright.report.landscape.profile_panel import draw_profile
from netwright.report.landscape.relief_panel import Eye, draw_relief
from netwright.report.landscape.scale import Scale, scale_of

WIDE, TALL = 560, 540  # pixels of a panel
EDGE = 24  # around the picture
Panel = Callable[[Canvas, int, int], None]


def landscape_png(found: Landscape, theme: Theme = "light") -> bytes:
    """Draw a landscape as a PNG; the same values give the same bytes."""
    return draw_landscape(found, theme).file()


def draw_landscape(found: Landscape, theme: Theme) -> Canvas:
    """Draw all that was found on one canvas."""
    rows = _rows(found)
    canvas = Canvas(2 * WIDE + 2 * EDGE, TALL * len(rows) + EDGE, theme)
    for number, panels in enumerate(rows):
        for place, panel in enumerate(panels):
            panel(canvas, EDGE + place * WIDE, number * TALL)
    return canvas


def _rows(found: Landscape) -> list[tuple[Panel, ...]]:
    view = found.view
    own = scale_of([view.surface])
    rows: list[tuple[Panel, ...]] = [(_map(view.surface, own, _title(view), _sharp(view)), _relief(view, own, ""))]
    if found.trajectory is not None:
        way, plane = found.trajectory, scale_of([found.trajectory.surface])
        said = f"{way.shares[0]:.0%} and {way.shares[1]:.0%} of the way lie along the axes; {len(way.stops)} weights"
        rows.append((_map(way.surface, plane, "The way of training", said, way.stops), _profile(view)))
    if found.skips:
        both = scale_of([one.surface for one in found.skips])
        rows.append(tuple(_relief(one, both, one.name.capitalize()) for one in found.skips))
        rows.append(tuple(_map(one.surface, both, "", _sharp(one)) for one in found.skips))
    return rows


def _title(view: View) -> str:
    return f"Loss around the network, {view.loss:.4g} at it"


def _sharp(view: View) -> str:
    return f"loss {view.loss:.3g}; {sharpness_in_words(view.sharpness)}" if view.sharpness else f"loss {view.loss:.3g}"


def sharpness_in_words(sharpness: Sharpness) -> str:
    """Say the largest eigenvalue and the trace in a line."""
    mark = "" if sharpness.converged else " (not converged)"
    trace = f"trace {sharpness.trace:.3g} ± {sharpness.trace_error:.2g}"
    return f"largest eigenvalue {sharpness.largest[0]:.3g}{mark}, {trace}"


def _map(surface: Surface, scale: Scale, title: str, said: str, way: tuple[Stop, ...] = ()) -> Panel:
    def draw(canvas: Canvas, left: int, top: int) -> None:
        _heading(canvas, (left, top), title, said)
        draw_map(canvas, Frame(left + 44, top + 64, 420, surface), scale, way)

    return draw


def _relief(view: View, scale: Scale, title: str) -> Panel:
    def draw(canvas: Canvas, left: int, top: int) -> None:
        _heading(canvas, (left + 20, top), title, view.words if title else "")
        draw_relief(canvas, Eye(left + 20, top + 40, WIDE - 40), scale.heights(view.surface.losses), scale)

    return draw


def _profile(view: View) -> Panel:
    profile = view.profile
    scale = scale_of([Surface(profile.steps, (0.0,), (profile.losses,))])

    def draw(canvas: Canvas, left: int, top: int) -> None:
        _heading(canvas, (left + 40, top), "Along one direction", "steps in units of the weights' own size")
        draw_profile(canvas, (left + 84, top + 64), 420, profile, scale)

    return draw


def _heading(canvas: Canvas, at: tuple[int, int], title: str, said: str) -> None:
    canvas.text((at[0], at[1] + 30), title, canvas.ink.text, 16)
    canvas.text((at[0], at[1] + 50), said, canvas.ink.soft, 11.5)
