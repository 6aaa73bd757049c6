"""`netwright preflight`: what a run would stumble over, in seconds and before it."""

from pathlib import Path
from typing import Annotated, Any

import typer

from netwright.cli.options import Debug, Json, Many, split_commas


def preflight(
    source: Annotated[str | None, typer.Argument(help="Data as `fit` takes it.")] = None,
    target: Annotated[str | None, typer.Option(help="Column to learn: a name, or a position (-1 is the last).")] = None,
    ignore: Annotated[Many, typer.Option(help="Columns to leave out (repeat, or separate by commas).")] = None,
    set_: Annotated[Many, typer.Option("--set", help="Any line of recipe.toml: training.epochs=20.")] = None,
    recipe: Annotated[str | None, typer.Option(help="A recipe.toml, or a recipe's name.")] = None,
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Check data, recipe and network before a long run: first loss, one batch learnt, gradients, head, labels, ...

    Examples:

      netwright preflight @digits

      netwright preflight adult.csv --target income --set training.optimizer=sgd
    """
    from netwright.api import FitOptions, preflight_tree
    from netwright.cli.terminal import out, print_json
    from netwright.report.diagnosis_tables import preflight_table
    from netwright.report.numbers import counted
    from netwright.training.recipe import merge
    from netwright.training.settings import parse_settings

    given: dict[str, Any] = {"target": target, "ignore": split_commas(ignore) or None}
    tree = merge({"data": {name: value for name, value in given.items() if value}}, parse_settings(set_ or ()))
    checks = preflight_tree(source, tree, FitOptions(recipe=Path(recipe) if recipe and "." in recipe else recipe))
    counts = {verdict: sum(check.verdict == verdict for check in checks) for verdict in ("fault", "warning")}
    if json:
        print_json({"ready": not counts["fault"], "checks": checks})
        return
    out.print(preflight_table(checks))
    said = "mend this first" if counts["fault"] else "ready to train"
    out.print(f"{said}: {counted(counts['fault'], 'fault')}, {counted(counts['warning'], 'warning')}")
