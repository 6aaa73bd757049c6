"""`netwright diagnose`: what is wrong with a training, of a run or of a script of one's own."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from netwright.cli.options import Debug, Json

if TYPE_CHECKING:
    from netwright.api import ScriptDiagnosis

TREATING = 60.0  # seconds


def diagnose(
    target: Annotated[Path, typer.Argument(help="A run directory, or a Python script that trains with PyTorch.")],
    arguments: Annotated[
        list[str] | None, typer.Argument(help="What the script is given, after --.", show_default=False)
    ] = None,
    seconds: Annotated[
        float | None, typer.Option(min=0.0, help="Time of probes after a script; default: half its own, at most 10.")
    ] = None,
    probe: Annotated[
        bool, typer.Option("--probe/--no-probe", help="Try short trainings for evidence after a script.")
    ] = True,
    treat: Annotated[
        bool, typer.Option("--treat", help="Then try remedies on what was seen of a script's training, with proof.")
    ] = False,
    budget: Annotated[str | None, typer.Option(help="About how long --treat may take; default: 60s.")] = None,
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Say what is wrong with a training: causes first, each with its symptoms beneath, in numbers and with lines.

    Exits with 0 whether or not something is found, with 1 where a script failed, with 2 where nothing can be watched.
    With --json what a script prints goes to stderr.

    Examples:

      netwright diagnose runs/digits-1

      netwright diagnose train.py -- --epochs 5

      netwright diagnose train.py --treat
    """
    from netwright.api import parse_budget
    from netwright.cli.diagnosed import diagnose_a_run
    from netwright.core.errors import RecipeError

    if target.suffix == ".py" and not target.is_dir():
        times = _seconds(seconds, probe), (parse_budget(budget) or TREATING) if treat else None
        _diagnose_script(target, tuple(arguments or ()), times, json)
    elif target.is_file():
        raise RecipeError(f"{target}: expected a run directory or a Python script that ends in .py, got another file")
    elif treat:
        raise RecipeError(f"{target} is a run: treat it by netwright treat {target}")
    elif arguments:
        raise RecipeError(f"{target} is a run, which takes no arguments; leave out {' '.join(arguments)}")
    else:
        diagnose_a_run(target, json)


def _seconds(seconds: float | None, probe: bool) -> float | None:
    """Return the time of probes; None leaves it to the script's own time."""
    return seconds if probe else 0.0


def _diagnose_script(
    path: Path, arguments: tuple[str, ...], times: tuple[float | None, float | None], json: bool
) -> None:
    """Diagnose a script; `times` are the seconds of probes and of treatment."""
    from netwright.api import diagnose_script
    from netwright.cli.terminal import print_json

    seconds, treating = times
    done = diagnose_script(path, arguments, seconds=seconds, quiet=json, treat=treating)
    if json:
        trials = done.case.trials if done.case is not None else ()
        print_json(
            {
                "script": str(path),
                "healthy": not any(found.serious for found in done.findings),
                "findings": done.findings,
                "trials": trials,
                "treatment": done.treatment,
                "untreated": done.untreated,
            }
        )
    else:
        _show(path, done)
    if done.exit_code:
        raise typer.Exit(1)


def _show(path: Path, done: "ScriptDiagnosis") -> None:
    """Print the script's own failure, if it failed, and what was found until then."""
    from netwright.cli.terminal import err, out
    from netwright.core.findings import SOUND
    from netwright.report.diagnosis_tables import diagnosis_table, trials_table

    if done.failure:
        err.print(done.failure, end="", markup=False, soft_wrap=True)
    if done.findings:
        out.print(diagnosis_table(done.findings, f"what is wrong with the training of {path.name}"))
    elif done.case is not None:
        out.print(SOUND)
    if done.case is not None and done.case.network.unseen:
        out.print(f"not seen: {done.case.network.unseen}", soft_wrap=True)
    if done.treatment is not None:
        out.print(trials_table(done.treatment))
        out.print(done.treatment.verdict, soft_wrap=True)
    elif done.untreated:
        out.print(f"not treated: {done.untreated}", soft_wrap=True)
