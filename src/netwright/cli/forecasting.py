"""What the commands do for forecasts: `fit --horizon`, and `predict`, `evaluate` and `show` of such a run."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from netwright.api import FitOptions, ForecastRun
    from netwright.training.forecasting.stage import ForecastListener

OF_TABLES = {  # options that only a table has: where they stand in the settings, and what to do instead
    ("data", "test"): ("--test", "the latest rows are the test rows; see split.test and split.borders"),
    ("schema", "task"): ("--task", "a forecast has one task"),
    ("ensemble", "members"): ("--ensemble", "name recipes to average in preset.contenders"),
    ("ensemble", "folds"): ("--folds", "later rows must not be learnt from; see the rolling backtest in the report"),
    ("ensemble", "learning_curve"): ("--learning-curve", "leave it out"),
    ("evaluation", "metric"): ("--metric", "a forecast is led by the mean squared error"),
    ("rate_test", "run"): ("--find-rate", "set training.learning_rate"),
}


def settings_of_series(tree: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings as a forecast has them.

    Raises:
        RecipeError: an option is given that only a table has.
    """
    from netwright.core.errors import RecipeError

    for (section, key), (option, instead) in OF_TABLES.items():
        if key in tree.get(section, {}):
            raise RecipeError(f"{option}: expected no such option beside --horizon; {instead}")
    kept = {section: dict(values) for section, values in tree.items()}
    kept.get("split", {}).pop("seed", None)  # rows are parted by time, not by chance
    if isinstance(kept.get("data", {}).get("target"), str):
        kept["data"]["target"] = [kept["data"]["target"]]
    return {section: values for section, values in kept.items() if values}


def fit_series(
    source: str | None, tree: Mapping[str, Any], options: "FitOptions", budget: str | None, json: bool
) -> None:
    """Train, test and save a forecast, and print what came of it."""
    from netwright.api import forecast_tree, parse_budget

    seconds = parse_budget(budget)
    with _listener(json, None if seconds is None else options.started + seconds) as listener:
        run = forecast_tree(source, settings_of_series(tree), options, listener, budget)
    print_run(run, json)


def resume_series(path: Path, json: bool) -> None:
    """Go on with a forecast that was stopped."""
    from netwright.api import resume_forecast

    with _listener(json) as listener:
        run = resume_forecast(path, listener=listener)
    print_run(run, json)


@contextmanager
def _listener(json: bool, budget_ends: float | None = None) -> "Iterator[ForecastListener]":
    """Show the job on the terminal while it runs, and let signals stop it cleanly."""
    from netwright.cli.watching_forecasts import ForecastWatcher
    from netwright.core.interrupts import listening
    from netwright.training.forecasting.stage import ForecastListener

    with listening() as stop, ForecastWatcher(json, budget_ends) as watcher:
        yield ForecastListener(watcher.reading, watcher.ready, (watcher,), stop, watcher.training)


def print_run(run: "ForecastRun", json: bool) -> None:
    """Print what a forecasting run came to."""
    from netwright.cli.diagnosed import print_doctor
    from netwright.cli.terminal import out, print_json
    from netwright.report import forecast_tables as tables

    if json:
        print_json(result_of(run))
        return
    summary = run.summary
    for note in summary.notes:
        out.print(f"note: {note}", soft_wrap=True)
    out.print(tables.errors_table(summary.evaluation, summary.name))
    out.print(tables.recipes_table(summary.contest))
    out.print(f"recipes {summary.contest.verdict}", soft_wrap=True)
    if (channels := tables.channels_table(summary.evaluation)) is not None:
        out.print(channels)
    out.print(tables.trust_table(summary.evaluation))
    print_doctor(run.path, summary.findings)
    out.print(f"report  {run.report}", soft_wrap=True)
    out.print(f"predict netwright predict {run.path} LATEST.csv", soft_wrap=True)


def result_of(run: "ForecastRun") -> dict[str, Any]:
    """Return what `fit --json` and `show --json` print."""
    summary, evaluation = run.summary, run.summary.evaluation
    return {
        "run": str(run.path),
        "task": "forecast",
        "horizon": summary.schema.horizon,
        "lookback": summary.schema.lookback,
        "period": summary.schema.period,
        "channels": summary.schema.channels,
        "seconds": round(summary.seconds, 3),
        "stopped_because": summary.stopped_because,
        "notes": summary.notes,
        "rows": {"in": summary.rows.total, "used": summary.rows.used, "rejected": summary.rows.rejected},
        "split": summary.split,
        "test": evaluation.metrics,
        "windows": evaluation.windows,
        "baselines": evaluation.baselines,
        "by_channel": evaluation.channels,
        "by_step": evaluation.steps,
        "backtest": evaluation.backtest,
        "coverage": {"asked": evaluation.coverage, "held": evaluation.covered},
        "contest": summary.contest,
        "findings": summary.findings,
        "report": str(run.report),
    }


def show_series(path: Path, json: bool) -> None:
    """Print a finished forecasting run again."""
    from netwright.api import ForecastRun
    from netwright.cli.terminal import out
    from netwright.report import forecast_tables
    from netwright.report.tables import choices_table, findings_table

    run = ForecastRun(path)
    if not json:
        out.print(forecast_tables.series_table(run.summary.schema))
        out.print(choices_table(run.summary.choices))
        if run.summary.findings:
            out.print(findings_table(run.summary.findings))
    print_run(run, json)


def predict_series(run: Path, source: str, path: Path, asked: tuple[float | None, bool]) -> None:
    """Write the rows that come after the last of each series; `asked` is the coverage, and whether to print JSON."""
    from netwright.api import ForecastRun
    from netwright.cli.frames import write_frame
    from netwright.cli.terminal import out, print_json, print_notes

    coverage, json = asked
    found = ForecastRun(run).predictions(source, coverage)
    write_frame(found.frame, path)
    if json:
        rows = {"in": found.rows, "rejected": found.rejected, "out": found.frame.height}
        print_json({"run": str(run), "output": str(path), "rows": rows, "notes": found.notes})
        return
    print_notes(found.notes)
    out.print(f"{found.rows:,} rows in, {found.frame.height:,} steps ahead out: {path}", soft_wrap=True)


def evaluate_series(run: Path, source: str, json: bool) -> None:
    """Measure a forecasting run on other rows."""
    from netwright.api import ForecastRun
    from netwright.cli.terminal import out, print_json, print_notes
    from netwright.report import forecast_tables as tables
    from netwright.training.forecasting.inference import assess_forecasts

    found, total, rejected = assess_forecasts(ForecastRun(run).model, source)
    if json:
        rows = {"in": total, "used": total - rejected, "rejected": rejected}
        measured = {"test": found.metrics, "windows": found.windows, "baselines": found.baselines}
        more = {"by_channel": found.channels, "by_step": found.steps, "backtest": found.backtest, "notes": found.notes}
        coverage = {"asked": found.coverage, "held": found.covered}
        print_json({"run": str(run), "source": source, "rows": rows, **measured, "coverage": coverage, **more})
        return
    print_notes(found.notes)
    out.print(f"rows in {total:,} = used {total - rejected:,} + set aside {rejected:,}")
    out.print(tables.errors_table(found, source))
    if (channels := tables.channels_table(found)) is not None:
        out.print(channels)
    out.print(tables.trust_table(found))
