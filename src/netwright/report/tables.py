"""The same facts for a terminal. Every cell is a `Text`, so that a column named `[red]` stays a name."""

from collections.abc import Sequence

from rich import box
from rich.table import Table
from rich.text import Text

from netwright.core.evidence import Diagnostics, Evaluation, Measure
from netwright.core.findings import Finding
from netwright.core.values import Check, Choice, Column, Contest, RunSummary, Schema
from netwright.report.names import baseline_name, metric_name
from netwright.report.numbers import bound, close, count, counted, interval, moment, setting, share, show
from netwright.report.trust import trust_in_words
from netwright.report.verdict import folds_in_words, learning_in_words, worth_of

SEVERITY_STYLES = {"error": "bold red", "warning": "yellow", "note": "cyan"}
VERDICT_STYLES = {"ok": "green", "warning": "yellow", "fault": "bold red"}
MOST_EXAMPLES = 4
CONTENDERS = "contenders."  # how the names of their settings begin


def final_table(summary: RunSummary) -> Table:
    """Test metrics with their 95% intervals, beside the baselines on the same rows; the best in bold."""
    evaluation = summary.evaluation
    ours = f"{counted(summary.ensemble.kept, 'network')}" if summary.ensemble else "this network"
    return metrics_table(evaluation, f"{summary.name}: {counted(evaluation.rows, 'test row')} it never saw", ours)


def metrics_table(evaluation: Evaluation, title: str = "", ours: str = "this network") -> Table:
    """Metrics with their 95% intervals, beside the baselines on the same rows; the best in bold."""
    table = new_table(title)
    table.add_column("")
    table.add_column(ours, justify="right")
    table.add_column("95% interval", justify="right", style="dim", no_wrap=True)
    for name in evaluation.baselines:
        table.add_column(Text(baseline_name(name)), justify="right")
    for metric, measure in evaluation.metrics.items():
        others = [metrics.get(metric) for metrics in evaluation.baselines.values()]
        table.add_row(*metric_row(evaluation, metric, measure, others))
    return table


def metric_row(evaluation: Evaluation, metric: str, ours: Measure, others: Sequence[Measure | None]) -> list[Text]:
    name = metric_name(metric, evaluation)
    values = [None if measure is None else measure.value for measure in (ours, *others)]
    best = best_value([value for value in values if value is not None], name.higher_is_better)
    shown = [Text(show(value), style="bold" if value is not None and value == best else "") for value in values]
    label = Text(name.label).append({True: " ↑", False: " ↓", None: ""}[name.higher_is_better], style="dim")
    return [label, shown[0], Text(interval(ours)), *shown[1:]]


def best_value(values: list[float], higher_is_better: bool | None) -> float | None:
    finite = [value for value in values if value == value]
    if higher_is_better is None or not finite:
        return None
    return max(finite) if higher_is_better else min(finite)


def networks_table(summary: RunSummary) -> Table | None:
    """What stands behind several networks or a learning curve, a line each; None for a single network."""
    table = new_table()
    table.show_header = False
    table.add_column("", no_wrap=True)
    table.add_column("", overflow="fold")
    if summary.contest is not None:
        table.add_row(Text("recipes"), Text(summary.contest.verdict))
    if summary.ensemble is not None:
        table.add_row(Text("networks"), Text(worth_of(summary.ensemble)))
        if summary.ensemble.cross_validation is not None:
            table.add_row(Text("folds"), Text(folds_in_words(summary.ensemble)))
    if summary.learning_curve is not None:
        table.add_row(Text("more rows?"), Text(learning_in_words(summary.learning_curve)))
    return table if table.rows else None


def recipes_table(contest: Contest) -> Table:
    """What each recipe made of the held-out rows and of the test rows, the best first; what is kept in bold."""
    table = new_table()
    table.add_column("recipe")
    table.add_column(f"{loss_name(contest)} ↓", justify="right")
    table.add_column(f"test {contest.headline}", justify="right")
    table.add_column("weights", justify="right")
    table.add_column("seconds", justify="right")
    kept = " + ".join(contest.chosen)
    for one in contest.contenders:
        values = ["–" if one.loss is None else close(one.loss), "–" if one.test is None else show(one.test)]
        cells = (one.name, *values, count(one.parameters), show(one.seconds))
        table.add_row(*(Text(cell, style="bold" if one.name == kept else "") for cell in cells))
    return table


def loss_name(contest: Contest) -> str:
    """Return what the recipes are compared by, in two words."""
    return "held-out RMSE" if contest.headline in ("rmse", "mae", "r2") else "held-out log loss"


def trust_table(evaluation: Evaluation, diagnostics: Diagnostics, run: RunSummary | None = None) -> Table:
    """How far to trust the answers, a line for each thing there is to say."""
    table = new_table()
    table.show_header = False
    table.add_column("", no_wrap=True)
    table.add_column("", overflow="fold")
    for heading, words in trust_in_words(evaluation, diagnostics, run).items():
        table.add_row(Text(heading), Text(words))
    return table


def data_table(schema: Schema) -> Table:
    """Each column with its kind and role, and why; missing cells and what is in it."""
    table = new_table(f"{schema.task}: {schema.task_reason}")
    table.add_column("column", overflow="fold")
    table.add_column("kind", no_wrap=True)
    table.add_column("role", no_wrap=True)
    table.add_column("missing", justify="right", no_wrap=True)
    table.add_column("values", overflow="fold")
    table.add_column("why", overflow="fold", style="dim")
    for column in schema.columns:
        table.add_row(*column_row(column))
    return table


def column_row(column: Column) -> list[Text]:
    style = {"target": "bold", "ignored": "dim"}.get(column.role, "")
    reasons = (column.kind_reason, "" if column.role == "feature" else column.role_reason)
    why = "; ".join(reason for reason in reasons if reason)
    missing = f"{count(column.missing)} ({share(column.missing, column.rows)})" if column.missing else "0"
    cells = (column.name, column.kind, column.role, missing, contents(column), why)
    return [Text(cell, style=style) for cell in cells]


def contents(column: Column) -> str:
    """What stands in a column: its range, its most frequent categories, or examples."""
    if column.minimum is not None or column.maximum is not None:
        edge = moment if column.kind == "datetime" else bound
        return f"{edge(column.minimum)} to {edge(column.maximum)}"
    values = column.categories or column.examples
    more = len(column.categories) - MOST_EXAMPLES
    return ", ".join(values[:MOST_EXAMPLES]) + (f" and {more} more" if more > 0 else "")


def choices_table(choices: Sequence[Choice]) -> Table:
    """Every choice that was made, with its reason."""
    table = new_table()
    table.add_column("setting", overflow="fold")
    table.add_column("value", style="bold", overflow="fold")
    table.add_column("why", style="dim", overflow="fold")
    for choice in of_the_run(choices):
        table.add_row(Text(choice.name), Text(setting(choice.value)), Text(choice.reason))
    return table


def of_the_run(choices: Sequence[Choice]) -> list[Choice]:
    """Return the choices for the run's own network; recipe.toml and the report have those for the others too."""
    return [choice for choice in choices if not choice.name.startswith(CONTENDERS)]


def of_contenders(choices: Sequence[Choice]) -> list[Choice]:
    """Return the choices for the networks that are trained beside it."""
    return [choice for choice in choices if choice.name.startswith(CONTENDERS)]


def findings_table(findings: Sequence[Finding]) -> Table:
    """What was found in the data and the training, worst first."""
    table = new_table()
    table.add_column("finding", overflow="fold")
    table.add_column("evidence", overflow="fold")
    table.add_column("what to do", overflow="fold")
    for finding in sorted(findings, key=lambda finding: list(SEVERITY_STYLES).index(finding.severity)):
        head = Text(f"{finding.severity}: {finding.title}", style=SEVERITY_STYLES[finding.severity])
        table.add_row(head + Text(f"\n{finding.code}", style="dim"), Text(finding.evidence), Text(finding.remedy))
    return table


def installation_table(checks: Sequence[Check]) -> Table:
    """What was found of an installation, a line for each part, and below it what to do where that helps."""
    table = new_table()
    for heading in ("", "part", "found"):
        table.add_column(heading, overflow="fold", no_wrap=heading != "found")
    for check in checks:
        style = VERDICT_STYLES[check.verdict]
        remedy = Text(f"\n→ {check.remedy}" if check.remedy else "", style=style)
        table.add_row(Text(check.verdict, style=style), Text(check.name), Text(check.found) + remedy)
    return table


def new_table(title: str = "") -> Table:
    heading = Text(title, style="bold") if title else None
    return Table(title=heading, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False, header_style="dim")
