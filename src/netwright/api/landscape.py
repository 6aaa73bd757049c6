"""The loss around a run's network: drawn and stored with the run, whose report then shows it."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from netwright.core.files import write_atomic
from netwright.core.landscapes import Landscape
from netwright.training.run_directory import check_run, locked, part_if_there, write_part

if TYPE_CHECKING:
    from netwright.explanation.landscape import LandscapeRequest

LANDSCAPE, PICTURE, PAGE = "landscape.json", "landscape.png", "landscape.html"
Tell = Callable[[str], object]


def draw_run(
    folder: Path,
    request: "LandscapeRequest",
    redraw: Callable[[], object],
    source: Any = None,
    tell: Tell = lambda _: None,
) -> Landscape:
    """Draw the landscape of a run and store it: landscape.json, .png and .html.

    Args:
        folder: the run directory.
        request: how far and how fine.
        redraw: writes the run's report again.
        source: the frame or arrays again, where the run was fitted on data in memory.
        tell: called with a line before each part that takes time.

    Raises:
        RunError: the run is unfinished or damaged, or its data changed.
    """
    from netwright.explanation.landscape import landscape_of_run
    from netwright.report.landscape.page import render_landscape
    from netwright.report.landscape.picture import landscape_png

    check_run(folder)
    with locked(folder):
        found = landscape_of_run(folder, request, source, tell)
        tell("drawing")
        write_part(folder, LANDSCAPE, found)
        write_atomic(folder / PICTURE, landscape_png(found))
        write_atomic(folder / PAGE, render_landscape(found).encode())
        redraw()
    return found


def landscape_of(folder: Path) -> Landscape | None:
    """Return the landscape of a run, if it was drawn."""
    return part_if_there(folder, LANDSCAPE, Landscape)
