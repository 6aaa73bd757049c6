"""`netwright treat`: mend what is wrong with a run, with proof."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from netwright.cli.options import Debug, Json

if TYPE_CHECKING:
    from netwright.api import Run
    from netwright.diagnosis.treatment.values import Treatment, TrialRow


def treat(
    run: Annotated[Path, typer.Argument(help="The run directory.")],
    budget: Annotated[str | None, typer.Option(help="About how long it may take: 90s, 2m; default: 2m.")] = None,
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
    from netwright.report.numbers import show

    def tell(row: "TrialRow") -> None:
        err.print(f"tried: {row.words}: {show(row.mean)}", soft_wrap=True, markup=False)

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


FIRST, TREATING = 0.4, 0.3  # shares of a budget for the first training and for the treatment; the rest is the second's


def first_share(budget: str | None) -> str | None:
    """Return what a first training may take of the budget of `fit --treat`."""
    from netwright.api import parse_budget

    seconds = parse_budget(budget)
    return None if seconds is None else f"{FIRST * seconds:.3f}s"


def go_on_treated(run: "Run", budget: str | None, json: bool) -> "tuple[Run, Treatment | None]":
    """Treat a run in which the doctor found something serious, and train what is proven to help.

    Returns:
        The new run, or the old one where nothing is wrong or proven; and the treatment, if there was one.
    """
    from netwright.api import of_training, parse_budget
    from netwright.cli.terminal import out

    serious = [finding for finding in of_training(run.findings) if finding.serious]
    if not serious:
        if not json:
            out.print("nothing to treat: the doctor found nothing wrong")
        return run, None
    seconds = parse_budget(budget)
    treatment = treat_and_show(run.path, None if seconds is None else f"{TREATING * seconds:.3f}s", json)
    if not treatment.kept:
        return run, treatment
    return _train_treated(run, None if seconds is None else (1.0 - FIRST - TREATING) * seconds, json), treatment


def _train_treated(run: "Run", seconds: float | None, json: bool) -> "Run":
    from netwright.api import FitOptions, fit_tree
    from netwright.cli.watching import listening_to

    name = f"{run.path.name}-treated"
    options = FitOptions(runs=run.path.parent, name=name, recipe=run.path / "treated.toml")
    budget = None if seconds is None else f"{seconds:.3f}s"
    with listening_to(json, options, budget) as listener:
        return fit_tree(None, {}, options, listener, budget)


def refuse_treatment(asked: bool, what: str) -> None:
    """Raise RecipeError where a treatment is asked for of what is diagnosed but not treated."""
    from netwright.core.errors import RecipeError

    if asked:
        raise RecipeError(f"--treat: expected rows of a table, images, texts or series, got {what}; leave it out")
