"""`netwright explain`: what the answers of a run rest on, and whether that can be believed."""

from pathlib import Path
from typing import Annotated

import typer

from netwright.cli.options import Debug, Json, Many, split_commas


def explain(
    run: Annotated[Path, typer.Argument(help="A run directory.")],
    source: Annotated[
        str | None,
        typer.Argument(
            metavar="[DATA]", help="A table with the training columns, target or not; default: the run's own test rows."
        ),
    ] = None,
    row: Annotated[Many, typer.Option("--row", help="A row of DATA, from 1; 3-7 and 1,5 too; may be repeated.")] = None,
    rows: Annotated[int, typer.Option("--rows", help="How many rows, from the first, where --row names none.")] = 3,
    method: Annotated[
        str,
        typer.Option(
            help="auto, integrated gradients, gradient shap, shapley, occlusion, saliency, smoothgrad, grad-cam, "
            "attention rollout."
        ),
    ] = "auto",
    importance: Annotated[
        bool,
        typer.Option(
            "--importance/--no-importance",
            help="How much all answers rest on each column, block, stretch of time or word.",
        ),
    ] = True,
    counterfactual: Annotated[
        bool, typer.Option("--counterfactual", help="The smallest change by which each row gets another answer.")
    ] = False,
    wanted: Annotated[
        str | None, typer.Option(help="The class, or the value, that a counterfactual is to reach.")
    ] = None,
    keep: Annotated[
        Many, typer.Option("--keep", help="Columns that a counterfactual leaves as they are, by commas or repeated.")
    ] = None,
    dependence: Annotated[
        Many, typer.Option("--dependence", help="A column: how the answers go with it; may be repeated.")
    ] = None,
    channel: Annotated[str | None, typer.Option(help="Of a forecast: the channel; default: the first.")] = None,
    step: Annotated[
        int | None, typer.Option(help="Of a forecast: the step ahead, from 1; default: the mean of all.")
    ] = None,
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Say what answers rest on: columns, places of an image, words, steps of a series; and whether to believe it.

    Each explanation is tested: whether its amounts add up, whether evidence goes faster than at random when what it
    names is taken out, whether it changes with the weights. One that fails says so. It is stored in the run as
    explanations.json and drawn in report.html.

    Examples:

      netwright explain runs/adult-1 --row 12

      netwright explain runs/adult-1 new.csv --row 1 --counterfactual --dependence age

      netwright explain runs/adult-1 --row 12 --keep age,sex

      netwright explain runs/mnist-1 --rows 5

      netwright explain runs/etth1-1 latest.csv --channel OT --step 24

      netwright explain runs/adult-1 new.csv --method shapley --json
    """
    from netwright import api
    from netwright.cli.explained import print_explained
    from netwright.cli.terminal import err, out, print_json, print_notes

    asked = api.Questions(
        rows=numbers_of(split_commas(row)),
        number=rows,
        method=method.replace("_", " "),
        importance=importance,
        counterfactual=counterfactual or wanted is not None or keep is not None,
        dependence=tuple(dependence or ()),
        wanted=wanted,
        keep=split_commas(keep),
    )
    with err.status("loading the run") as status:
        loaded = api.load(run)
        found, notes = api.explain_run(loaded, source, asked, (channel, step), status.update)
    if json:
        print_json({"run": str(run), "source": source, "notes": notes, "explained": found})
        return
    print_notes(notes)
    print_explained(found)
    out.print(f"report  {run}/report.html#explanations", soft_wrap=True)


def numbers_of(words: tuple[str, ...]) -> tuple[int, ...]:
    """Return row numbers: ("12", "3-5") -> (12, 3, 4, 5).

    Raises:
        RecipeError: a word is no row number or range of them.
    """
    import re

    from netwright.core.errors import RecipeError

    found: list[int] = []
    for word in words:
        match = re.fullmatch(r"(\d{1,12})(?:-(\d{1,12}))?", word.strip())
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
        if not 1 <= first <= last or last - first > MOST_ROWS:
            raise RecipeError(f"--row: expected a row from 1, as 12, or a range of at most 1,000, as 3-7; got {word!r}")
        found += range(first, last + 1)
    return tuple(found)


MOST_ROWS = 999  # beyond the first, of one range
