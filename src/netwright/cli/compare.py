"""`netwright compare`: shallow models against networks of growing depth, on the user's own data."""

import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from netwright import cli
from netwright.cli.options import Debug, Json, Many, split_commas

if TYPE_CHECKING:
    from netwright.core.comparison import Comparison
    from netwright.explanation.comparison.clock import Tell


def compare(
    source: Annotated[str, typer.Argument(help="Data as `fit` takes it: a table, images, texts, series.")],
    target: Annotated[
        Many, typer.Option(help="Column to learn: a name, or a position (-1 is the last); of a forecast, repeat it.")
    ] = None,
    horizon: Annotated[int | None, typer.Option(help="Forecast so many rows of a series.")] = None,
    test: Annotated[str | None, typer.Option(help="A second source with the test rows.")] = None,
    ignore: Annotated[Many, typer.Option(help="Columns to leave out (repeat, or separate by commas).")] = None,
    missing: Annotated[Many, typer.Option(help="More spellings of missing, e.g. unknown.")] = None,
    group: Annotated[
        str | None, typer.Option(help="Column whose groups never straddle a split; of a forecast, one series each.")
    ] = None,
    time_column: Annotated[str | None, typer.Option("--time", help="Column of time: test on the latest rows.")] = None,
    task: Annotated[str | None, typer.Option(help="regression, binary or multiclass; default: found out.")] = None,
    metric: Annotated[str | None, typer.Option(help="Compare by f1, mcc, auc, mae, ...; default: by task.")] = None,
    set_: Annotated[Many, typer.Option("--set", help="Any line of recipe.toml: split.test=0.3.")] = None,
    seed: Annotated[int | None, typer.Option(help="One seed for split, weights and training.")] = None,
    budget: Annotated[str, typer.Option(help="Wall time of the whole command; what it leaves out is said.")] = "3m",
    out: Annotated[
        Path | None, typer.Option(help="Folder for compare.html and comparison.json; default: a new one in --runs.")
    ] = None,
    runs: Annotated[Path, typer.Option(help="Folder of run directories.")] = Path("runs"),
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Measure linear, nearest neighbours, trees and networks of growing depth on the same rows, and say what to take.

    Each by: metric with interval, how it grows with rows, training time, memory, size, time to answer, how far it can
    be followed, and what prepared columns bring over raw ones. The textbook's claims are confirmed or not by the
    numbers.

    Examples:

      netwright compare @breast-cancer

      netwright compare adult.csv --target income

      netwright compare photos/ --budget 10m

      netwright compare reviews.tsv --target label --out reviews-compare

      netwright compare etth1.csv --horizon 96 --time date
    """
    from netwright.api.comparison import CompareOptions, compare_tree, new_folder
    from netwright.cli.fit import nest, targets_of
    from netwright.cli.forecasting import settings_of_series
    from netwright.cli.terminal import print_json
    from netwright.core.interrupts import listening

    data: dict[str, Any] = {"target": targets_of(target, horizon), "horizon": horizon, "test": test, "group": group}
    data |= {"time": time_column, "ignore": split_commas(ignore) or None, "missing": split_commas(missing) or None}
    tree = nest({"data": data, "schema": {"task": task}, "evaluation": {"metric": metric}}, seed, set_)
    tree = tree if horizon is None else settings_of_series(tree)
    folder = out or new_folder(source, runs)
    with listening() as stop, _telling() as tell:
        options = CompareOptions(folder, tell, stop, _command(), cli.STARTED)
        found = compare_tree(source, tree, budget, options)
    if json:
        print_json({"folder": str(folder), "comparison": found})
        return
    _print(found, folder)


def _command() -> str:
    return f"netwright {shlex.join(sys.argv[1:])}"


@contextmanager
def _telling() -> "Iterator[Tell]":
    """Show how far the comparison is: a live line for a person, a line for each part elsewhere."""
    from netwright.cli.terminal import err

    with err.status("reading") as status:
        said: list[str] = []

        def tell(what: str, done: int, total: int) -> None:
            if err.is_terminal:
                status.update(f"{what}: {done} of {total}")
            elif what not in said:
                said.append(what)
                err.print(f"{what} ...", markup=False)

        yield tell


def _print(found: "Comparison", folder: Path) -> None:
    from netwright.cli.terminal import out
    from netwright.report.comparison_tables import claims_table, cost_table, goodness_table, growth_table

    out.print(found.recommendation.sentence, style="bold", soft_wrap=True)
    out.print(found.recommendation.reason, soft_wrap=True)
    for table in (goodness_table(found), growth_table(found), cost_table(found), claims_table(found)):
        out.print()
        out.print(table)
    for limit in found.limits:
        out.print(f"left out: {limit}", soft_wrap=True)
    out.print(f"page    {folder / 'compare.html'}", soft_wrap=True)
