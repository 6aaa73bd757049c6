"""`netwright landscape`: the loss around a run's network."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from netwright.cli.options import Debug, Json

if TYPE_CHECKING:
    from netwright.core.landscapes import Landscape


def landscape(
    run: Annotated[Path, typer.Argument(help="The run directory.")],
    points: Annotated[int, typer.Option(help="Points along each axis of the surface, an odd number.")] = 51,
    span: Annotated[float, typer.Option(help="How far it reaches, in units of the weights' own size.")] = 1.0,
    rows: Annotated[
        int | None, typer.Option(help="Training rows that the loss is taken over; default: what time allows.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Draws the directions and the rows.")] = 0,
    compare_skips: Annotated[
        bool,
        typer.Option(
            "--compare-skips/--without-skips", help="Also train two deep networks, with and without skip connections."
        ),
    ] = False,
    depth: Annotated[int, typer.Option(help="Hidden layers of these two.")] = 24,
    trajectory: Annotated[
        bool, typer.Option("--trajectory/--without-trajectory", help="Train once more to draw the way of training.")
    ] = True,
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Draw the loss around a run's network: surfaces, the way of training, and how sharp the loss is.

    Examples:

      netwright landscape runs/adult-1

      netwright landscape runs/adult-1 --compare-skips --depth 24
    """
    from netwright.api import draw_landscape
    from netwright.cli.terminal import err, print_json
    from netwright.explanation.landscape import LandscapeRequest

    asked = LandscapeRequest(points, span, rows, seed, trajectory, compare_skips, depth)
    found = draw_landscape(run, asked, tell=lambda line: err.print(line, soft_wrap=True, markup=False))
    if json:
        print_json(found)
    else:
        _show(found, run)


def _show(found: "Landscape", run: Path) -> None:
    from netwright.cli.terminal import out
    from netwright.report.landscape.section import sharpness_table

    out.print(
        f"{found.network}: {found.loss_name} {found.view.loss:.6g}, the mean over {found.rows:,} of "
        f"{found.of_rows:,} training rows",
        soft_wrap=True,
    )
    out.print(sharpness_table(found))
    if found.trajectory is not None:
        out.print(f"the way of training: {found.trajectory.words}", soft_wrap=True)
    for note in found.notes:
        out.print(f"note: {note}", soft_wrap=True)
    out.print(f"picture {run / 'landscape.png'}", soft_wrap=True)
    out.print(f"page    {run / 'landscape.html'}", soft_wrap=True)
