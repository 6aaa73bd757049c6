"""The interactive page of a landscape: one HTML file that needs no network and nothing beside it."""

import json
from typing import Any

import jinja2

from netwright.core.landscapes import Landscape, Surface, View
from netwright.report.landscape.picture import sharpness_in_words
from netwright.report.landscape.scale import STOPS, Scale, scale_of
from netwright.report.numbers import count, counted, share, show
from netwright.report.templating import template_of

TEMPLATE = "landscape_page.html.j2"
DIGITS = 5  # of each loss


def render_landscape(found: Landscape) -> str:
    """Draw a landscape as one self-contained page: hover says the loss, a drag turns the surface."""
    return template().render(found=found, data=_script_safe(page_data(found)), sharp=sharpness_in_words)


def template() -> jinja2.Template:
    return template_of(TEMPLATE, count, counted, share, show)


def page_data(found: Landscape) -> dict[str, Any]:
    """Return what the page's script reads: scenes with their surfaces, scales and ways."""
    scenes = [_scene("Around the network", found.view, scale_of([found.view.surface]))]
    if found.trajectory is not None:
        way = found.trajectory
        stops = [[stop.epoch, stop.across, stop.up, stop.loss] for stop in way.stops]
        plane = {"name": "The way of training", "words": way.words, **_surface(way.surface, scale_of([way.surface]))}
        scenes.append({**plane, "way": stops, "axes": ["first principal direction", "second"]})
    both = scale_of([one.surface for one in found.skips]) if found.skips else None
    scenes += [_scene(one.name.capitalize(), one, both) for one in found.skips if both is not None]
    return {"scenes": scenes, "stops": STOPS}


def _scene(name: str, view: View, scale: Scale) -> dict[str, Any]:
    said = f"{view.words}: loss {view.loss:.4g}"
    said = f"{said}; {sharpness_in_words(view.sharpness)}" if view.sharpness else said
    axes = ["first random direction", "second"]
    return {"name": name, "words": said, **_surface(view.surface, scale), "way": [], "axes": axes}


def _surface(surface: Surface, scale: Scale) -> dict[str, Any]:
    losses = [[None if loss is None else float(f"{loss:.{DIGITS}g}") for loss in row] for row in surface.losses]
    heights = [[round(float(height), 4) for height in row] for row in scale.heights(surface.losses)]
    levels = [[height, float(f"{scale.loss(height):.3g}")] for height in scale.levels]
    return {"across": surface.across, "up": surface.up, "losses": losses, "heights": heights, "levels": levels}


def _script_safe(data: dict[str, Any]) -> str:
    """Write JSON in which nothing can end the script element that holds it."""
    return json.dumps(data, separators=(",", ":")).replace("<", "\\u003c").replace("&", "\\u0026")
