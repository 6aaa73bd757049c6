"""`netwright evaluate`: how good a network is on labelled rows that it never saw."""

from pathlib import Path
from typing import Annotated

import typer

from netwright.cli.options import Debug, Json


def evaluate(
    run: Annotated[Path, typer.Argument(help="A run directory.")],
    source: Annotated[
        str, typer.Argument(help="A table with the training columns and the target; a text for a language model.")
    ],
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Measure a network on labelled rows, with 95% bootstrap intervals, beside guessing.

    Examples:

      netwright evaluate runs/adult-1 adult-test.csv

      netwright evaluate runs/etth1-1 later.csv

      netwright evaluate runs/tinyshakespeare-1 other.txt
    """
    from netwright import api
    from netwright.cli.forecasting import evaluate_series
    from netwright.cli.terminal import out, print_json, print_notes
    from netwright.report.tables import metrics_table, trust_table
    from netwright.training.assessment import assess

    loaded = api.load(run)
    if isinstance(loaded, api.ForecastRun):
        evaluate_series(run, source, json)
        return
    if isinstance(loaded, api.LanguageRun):
        from netwright.cli.language import print_text_evaluation

        print_text_evaluation(loaded, source, json)
        return
    found = assess(loaded.model, source)
    if json:
        rows = {"in": found.rows, "used": found.evaluation.rows, "rejected": found.rejected}
        measured = {"test": found.evaluation.metrics, "baselines": found.evaluation.baselines}
        diagnosed = {"diagnostics": found.diagnostics, "notes": found.notes}
        print_json({"run": str(run), "source": source, "rows": rows, **measured, **diagnosed})
        return
    print_notes(found.notes)
    out.print(f"rows in {found.rows:,} = used {found.evaluation.rows:,} + set aside {found.rejected:,}")
    out.print(metrics_table(found.evaluation))
    out.print(trust_table(found.evaluation, found.diagnostics))
