"""From a run, or from anybody's module, to its landscape."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from torch import Tensor, nn

from netwright.core.errors import RecipeError
from netwright.core.landscapes import Landscape, Trajectory, View
from netwright.explanation.landscape.directions import random_direction
from netwright.explanation.landscape.forecasts import open_forecast
from netwright.explanation.landscape.language import open_language
from netwright.explanation.landscape.opened import Opened, some_rows
from netwright.explanation.landscape.request import LandscapeRequest
from netwright.explanation.landscape.sharpness import sharpness_of
from netwright.explanation.landscape.subject import Loss, Subject, own_loss
from netwright.explanation.landscape.surface import grid, profile_of, surface_of
from netwright.explanation.landscape.tables import open_table
from netwright.explanation.landscape.trajectory import trajectory_of
from netwright.training.forecasting.recipe import is_forecast
from netwright.training.language.run import is_language_run
from netwright.training.run_directory import check_run
from netwright.training.settings import read_recipe

Tell = Callable[[str], object]
PLANE_POINTS = 41  # along each axis of the plane of the way, at most
PROFILE_POINTS = 201


def landscape_of_run(
    folder: Path, request: LandscapeRequest, source: Any = None, tell: Tell = lambda _: None
) -> Landscape:
    """Draw the loss of a run's training rows around its network.

    Args:
        folder: the directory of a finished run of any kind.
        request: how far and how fine.
        source: the frame or arrays again, where the run was fitted on data in memory.
        tell: called with a line before each part that takes time.

    Raises:
        RunError: the run is unfinished or damaged, or its data changed.
        RecipeError: skip connections are asked for of a run without hidden layers of its own.
    """
    tell("reading the run and its rows")
    opened = _open(folder, source, request)
    if request.compare_skips and opened.skips is None:
        raise RecipeError("--compare-skips: expected a run on rows of a table, images, texts or series; leave it out")
    view = view_of("the run", opened.network, opened.subject, request, tell)
    found, notes = _trajectory(opened, request, tell) if request.trajectory else (None, ())
    skips = _skips(opened, request, tell) if request.compare_skips else ()
    return Landscape(
        name=opened.name,
        network=opened.network,
        loss_name=opened.loss_name,
        rows=opened.subject.rows,
        of_rows=opened.of_rows,
        points=request.points,
        span=request.span,
        seed=request.seed,
        view=view,
        skips=skips,
        trajectory=found,
        notes=(*opened.notes, *notes),
    )


def landscape(
    module: nn.Module,
    loss_fn: Loss,
    inputs: Tensor | Sequence[Tensor],
    targets: Tensor,
    request: LandscapeRequest | None = None,
) -> Landscape:
    """Draw the loss around anybody's network.

    Args:
        module: takes `inputs` as positional arguments; it is asked in evaluation mode and left as it was.
        loss_fn: from answers and targets to a scalar.
        inputs: tensors with rows first.
        targets: with rows first.
        request: how far and how fine; `rows`, where given, are drawn by the seed.

    Example:
        >>> found = landscape(net, nn.functional.cross_entropy, x, y)  # doctest: +SKIP
        >>> found.view.sharpness.largest  # doctest: +SKIP
    """
    asked = request or LandscapeRequest()
    given = (inputs,) if isinstance(inputs, Tensor) else tuple(inputs)
    chosen = some_rows(len(targets), asked.rows or len(targets), asked.seed)
    subject = Subject(module, tuple(x[chosen] for x in given), targets[chosen], loss_fn)
    name = type(module).__name__
    with _evaluating(module):
        view = view_of(name, f"a {name}", subject, asked)
    loss_name = getattr(loss_fn, "__name__", type(loss_fn).__name__)
    drawn = asked.points, asked.span, asked.seed
    return Landscape(name, f"a {name}", loss_name, len(chosen), len(targets), *drawn, view)


@contextmanager
def _evaluating(module: nn.Module) -> Iterator[None]:
    modes = {part: part.training for part in module.modules()}
    module.eval()
    try:
        yield
    finally:
        for part, training in modes.items():
            part.training = training


def view_of(name: str, words: str, subject: Subject, request: LandscapeRequest, tell: Tell = lambda _: None) -> View:
    """Draw one network: profile, surface and sharpness."""
    plane = (
        random_direction(subject.module, request.seed, 1),
        random_direction(subject.module, request.seed, 2),
    )
    steps = grid(request.span, request.points)
    tell(f"{name}: surface of {request.points} x {request.points} points on {subject.rows:,} rows")
    surface = surface_of(subject, plane, steps, steps)
    profile = profile_of(subject, plane[0], grid(request.span, PROFILE_POINTS))
    tell(f"{name}: sharpness")
    return View(name, words, own_loss(subject), profile, surface, sharpness_of(subject, request.seed))


def _open(folder: Path, source: Any, request: LandscapeRequest) -> Opened:
    check_run(folder)
    asked = request.rows, request.points, request.seed
    if is_language_run(folder):
        return open_language(folder, *asked)
    if is_forecast(read_recipe(folder / "recipe.toml")):
        return open_forecast(folder, source, *asked)
    return open_table(folder, source, *asked)


def _trajectory(opened: Opened, request: LandscapeRequest, tell: Tell) -> tuple[Trajectory | None, tuple[str, ...]]:
    tell("training once more to follow the way")
    way = opened.retrain(opened.subject)
    if isinstance(way, str):
        return None, (way,)
    tell("surface of the way's plane")
    ending = opened.subject.of(way.snapshots.module.eval())
    found = trajectory_of(ending, way, min(request.points, PLANE_POINTS))
    return found, () if found else ("the way of training is too short to span a plane",)


def _skips(opened: Opened, request: LandscapeRequest, tell: Tell) -> tuple[View, ...]:
    """Train and draw the pair; directions come of the same seed."""
    assert opened.skips is not None
    found = []
    for residual, name in ((True, "with skip connections"), (False, "without skip connections")):
        tell(f"training {request.depth} layers {name}")
        module, words = opened.skips(residual, request.depth)
        found.append(view_of(name, words, opened.subject.of(module), request, tell))
    return tuple(found)
