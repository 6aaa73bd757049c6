"""`netwright show`: a run again, or what a table looks like before any training."""

from pathlib import Path
from typing import Annotated, Any

import typer

from netwright.cli.options import Debug, Json, Many, split_commas


def show(
    what: Annotated[str, typer.Argument(help="A run directory, a table or a text.")],
    target: Annotated[str | None, typer.Option(help="For a table: the column to learn.")] = None,
    ignore: Annotated[Many, typer.Option(help="For a table: columns to leave out.")] = None,
    set_: Annotated[Many, typer.Option("--set", help="For a table: any line of recipe.toml.")] = None,
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Show a finished run again, or how a table would be read: columns, kinds, roles and findings.

    Examples:

      netwright show runs/adult-1

      netwright show adult.csv --target income
    """
    from netwright.data.sources.reading import is_folder_of_rows

    if Path(what).is_dir() and not is_folder_of_rows(Path(what)):
        _show_run(Path(what), json)
    elif why := _why_text(what, target):
        from netwright.cli.language import print_text

        print_text(what, why, json)
    else:
        _show_table(what, {"target": target, "ignore": split_commas(ignore)}, set_, json)


def _why_text(what: str, target: str | None) -> str:
    """Say why a file is shown as a text; nothing where it is a table."""
    from netwright.data.corpus.deciding import is_text

    found, reason = (False, "") if target is not None else is_text(what)
    return reason if found else ""


def _show_run(path: Path, json: bool) -> None:
    from netwright import api
    from netwright.cli.fit import result_of
    from netwright.cli.forecasting import show_series
    from netwright.cli.terminal import out, print_json
    from netwright.report import tables

    run = api.load(path)
    if isinstance(run, api.ForecastRun):
        show_series(path, json)
        return
    if isinstance(run, api.LanguageRun):
        from netwright.cli.language import print_language_run

        print_language_run(run, json)
        return
    if json:
        print_json(result_of(run))
        return
    out.print(tables.data_table(run.schema))
    out.print(tables.choices_table(run.summary.choices))
    if run.findings:
        out.print(tables.findings_table(run.findings))
    out.print(tables.final_table(run.summary))
    if (networks := tables.networks_table(run.summary)) is not None:
        out.print(networks)
    if run.summary.contest is not None:
        out.print(tables.recipes_table(run.summary.contest))
    out.print(tables.trust_table(run.evaluation, run.summary.diagnostics, run.summary))
    out.print(f"report  {run.report}", soft_wrap=True)


def _show_table(source: str, data: dict[str, Any], settings: Many, json: bool) -> None:
    from netwright.cli.terminal import out, print_json
    from netwright.report import tables
    from netwright.training.material import gather
    from netwright.training.recipe import merge, recipe_from
    from netwright.training.settings import parse_settings

    given = {"source": source, **{key: value for key, value in data.items() if value}}
    material = gather(recipe_from(merge({"data": given}, parse_settings(settings or ())), "--set"))
    if json:
        print_json({"rows": material.rows, "schema": material.schema, "findings": material.findings})
        return
    out.print(tables.data_table(material.schema))
    out.print(f"rows in {material.rows.total:,} = used {material.rows.used:,} + set aside {material.rows.rejected:,}")
    out.print(tables.choices_table(material.choices))
    if material.findings:
        out.print(tables.findings_table(material.findings))
