"""`netwright treat`: mend what is wrong with a run, with proof."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from netwright.cli.options import Debug, Json

if TYPE_CHECKING:
    from netwright.diagnosis.treatment.values import Treatment


def treat(
    run: Annotated[Path, typer.Argument(help="The run directory.")],
    budget: Annotated[str | None, typer.Option(help="About how long it may take: 90s, 2m; default: a minute.")] = None,
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Try the remedies of what the doctor found, on paired seeds beside random changes, and keep what is proven.

    Examples:

      netwright treat runs/digits-1

      netwright treat runs/adult-1 --budget 5m
    """
    from netwright.cli.terminal import print_json

    treatment = treat_and_show(run, budget, json)
    if json:
        print_json({"run": str(run), "recipe": recipe_of(run, treatment), "treatment": treatment})


def treat_and_show(run: Path, budget: str | None, json: bool) -> "Treatment":
    """Treat a run, saying how it goes; print the trials unless a machine reads."""
    from netwright.api import treat as treat_run
    from netwright.cli.terminal import err, out
    from netwright.core.interrupts import listening
    from netwright.report.diagnosis_tables import trials_table

    def tell(row: object) -> None:
        words, mean = getattr(row, "words", ""), getattr(row, "mean", None)
        err.print(
            f"tried: {words}: {'diverged' if mean is None else format(mean, '.3f')}", soft_wrap=True, markup=False
        )

    with listening() as stop:
        treatment = treat_run(run, budget, tell=tell, stop=stop)
    if not json:
        if treatment.rows:
            out.print(trials_table(treatment))
        out.print(treatment.verdict, soft_wrap=True)
        if treatment.left and treatment.kept:
            out.print(f"still found: {', '.join(treatment.left)}", soft_wrap=True)
        if recipe := recipe_of(run, treatment):
            out.print(f"train   netwright fit --recipe {recipe}", soft_wrap=True)
    return treatment


def recipe_of(run: Path, treatment: "Treatment") -> str | None:
    """Return the recipe that trains the treated network; None where nothing is kept."""
    return str(run / "treated.toml") if treatment.kept else None
