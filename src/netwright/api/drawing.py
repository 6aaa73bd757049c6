"""`landscape`: the loss around a run's network, or around anybody's."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from netwright.api.forecast_run import ForecastRun
from netwright.api.landscape import draw_run
from netwright.api.series import is_forecast_run, write_forecast_report
from netwright.api.tables import Run, write_report
from netwright.api.texts import LanguageRun, write_text_report
from netwright.core.errors import RecipeError
from netwright.core.landscapes import Landscape

if TYPE_CHECKING:
    from netwright.explanation.landscape import LandscapeRequest

Tell = Callable[[str], object]


def landscape(what: Any, loss_fn: Any = None, inputs: Any = None, targets: Any = None, **settings: Any) -> Landscape:
    """Draw the loss around a network: surfaces, the way of training on its plane, and how sharp the loss is.

    Args:
        what: a run, its directory, or any nn.Module.
        loss_fn: of a module: from answers and targets to a scalar.
        inputs: of a module: a tensor or several, rows first.
        targets: of a module.
        settings: fields of LandscapeRequest by name, e.g. points=31, span=0.5, compare_skips=True.

    Returns:
        The landscape. Of a run, landscape.json, landscape.png and landscape.html stand in its directory too.

    Raises:
        NetwrightError: the run is unfinished or damaged, its data changed, or a setting is out of range.

    Example:
        >>> nw.landscape("runs/adult-1").view.sharpness.largest  # doctest: +SKIP
        >>> nw.landscape(net, torch.nn.functional.cross_entropy, x, y, points=31)  # doctest: +SKIP
    """
    from torch import nn

    from netwright.explanation.landscape import LandscapeRequest
    from netwright.explanation.landscape import landscape as of_module

    asked = LandscapeRequest(**settings)
    if not isinstance(what, nn.Module):
        return draw_landscape(getattr(what, "path", what), asked)
    if loss_fn is None or inputs is None or targets is None:
        raise RecipeError("landscape of a module: expected loss_fn, inputs and targets; give all three")
    return of_module(what, loss_fn, inputs, targets, asked)


def draw_landscape(
    path: str | Path, request: "LandscapeRequest", source: Any = None, tell: Tell = lambda _: None
) -> Landscape:
    """Draw the landscape of any run and store it; the command line comes in here."""
    return draw_run(Path(path), request, lambda: _write_report(Path(path)), source, tell)


def _write_report(folder: Path) -> None:
    from netwright.training.language.run import is_language_run

    if is_forecast_run(folder):
        write_forecast_report(ForecastRun(folder))
    elif is_language_run(folder):
        write_text_report(LanguageRun(folder))
    else:
        write_report(Run(folder))


def write_pictures(found: Landscape, stem: str | Path) -> None:
    """Write a landscape of a module, which has no run directory: `stem`.png and `stem`.html."""
    from netwright.core.files import write_atomic
    from netwright.report.landscape.page import render_landscape
    from netwright.report.landscape.picture import landscape_png

    place = Path(stem)
    write_atomic(place.with_suffix(".png"), landscape_png(found))
    write_atomic(place.with_suffix(".html"), render_landscape(found).encode())
