"""`netwright predict`: one answer for every row of a table."""

from pathlib import Path
from typing import Annotated

import typer

from netwright.cli.options import Debug, Json

FORMATS = (".csv", ".parquet")


def predict(
    run: Annotated[Path, typer.Argument(help="A run directory.")],
    source: Annotated[str, typer.Argument(help="A table with the training columns, in any order.")],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="A .csv or .parquet file; default: SOURCE-predictions.csv here."),
    ] = None,
    coverage: Annotated[
        float | None,
        typer.Option(help="Also a set of classes, or an interval, that holds the truth of this share of rows: 0.9."),
    ] = None,
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Answer for every row of a table: the prediction, and a probability per class. Rows in = rows out.

    Of a forecast: the rows that come after the last one of the table, each with low and high.

    Columns whose values are not those of training are named, with how far they moved; --json has it for each column.

    Examples:

      netwright predict runs/adult-1 new.csv

      netwright predict runs/adult-1 new.parquet --output answers.parquet

      netwright predict runs/adult-1 new.csv --coverage 0.95

      netwright predict runs/etth1-1 latest.csv --output next.csv
    """
    from netwright import api
    from netwright.cli.forecasting import predict_series
    from netwright.cli.frames import write_frame
    from netwright.cli.terminal import out, print_json, print_notes
    from netwright.core.errors import RunError

    path = output or Path(f"{_stem(source)}-predictions.csv")
    _check_output(path, source)
    loaded = api.load(run)
    if isinstance(loaded, api.LanguageRun):
        raise RunError(f"{run}: expected the run of a table, got a language model; use generate")
    if isinstance(loaded, api.ForecastRun):
        predict_series(run, source, path, (coverage, json))
        return
    found = loaded.predictions(source, coverage)
    write_frame(found.frame, path)
    if json:
        rows = {"in": found.rows, "out": found.frame.height, "unreadable": found.unreadable}
        print_json({"run": str(run), "output": str(path), "rows": rows, "notes": found.notes, "drift": found.drift})
        return
    print_notes(found.notes)
    unread = f", {found.unreadable:,} of them empty because the row could not be read" if found.unreadable else ""
    out.print(f"{found.rows:,} rows in, {found.frame.height:,} predictions out{unread}: {path}", soft_wrap=True)


def _stem(source: str) -> str:
    return Path(source.split("::")[-1]).name.removeprefix("@").split(".")[0]


def _check_output(path: Path, source: str) -> None:
    """Refuse what could not be written, or would overwrite the input, before any work is done."""
    from netwright.core.errors import RecipeError

    if path.suffix not in FORMATS:
        raise RecipeError(f"--output: expected a file that ends in .csv or .parquet, got {path}")
    if path.exists() and Path(source).exists() and path.samefile(source):
        raise RecipeError(f"--output: {path} is the input itself; choose another file")
    if not path.absolute().parent.is_dir():
        raise RecipeError(f"--output: the folder {path.absolute().parent} does not exist; make it first")
