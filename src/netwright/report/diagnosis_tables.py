"""What the doctor found, for a terminal: each cause with its evidence and remedy, its symptoms indented beneath it."""

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from netwright.core.findings import Finding
from netwright.core.values import Check
from netwright.diagnosis.treatment.values import Treatment, TrialRow
from netwright.report.findings import grouped
from netwright.report.numbers import show
from netwright.report.tables import SEVERITY_STYLES, installation_table, new_table


def diagnosis_table(findings: Sequence[Finding], title: str = "") -> Table:
    """Return findings, causes first, a few lines each. Every cell is a `Text`: names of others stay names."""
    table = new_table(title)
    table.box, table.show_header, table.padding = None, False, (0, 1)
    table.add_column(justify="right", no_wrap=True, style="dim")
    table.add_column(overflow="fold")
    for group in grouped(findings):
        _add(table, group.cause)
        for symptom in group.symptoms:
            _add_symptom(table, symptom)
    return table


def _add(table: Table, finding: Finding) -> None:
    style = SEVERITY_STYLES[finding.severity]
    place = f"  {finding.code}" + (f" at {finding.where}" if finding.where else "")
    table.add_row("", "")
    table.add_row(Text(finding.severity, style=style), Text(finding.title, style=style) + Text(place, style="dim"))
    for label, words in (("seen", finding.evidence), ("why", finding.why), ("do", finding.remedy)):
        if words:
            table.add_row(label, Text(words, style="dim" if label == "why" else ""))


def _add_symptom(table: Table, finding: Finding) -> None:
    told = Text(finding.title).append(f"  {finding.code}: {finding.evidence}", style="dim")
    table.add_row("so", told)


def preflight_table(checks: Sequence[Check]) -> Table:
    """Return what was checked before a training, a line each, with what to do where that helps."""
    return installation_table(checks)


def trials_table(treatment: Treatment) -> Table:
    """Return every trial of a treatment with what it proved; what is kept in bold."""
    table = new_table(f"treatment of {treatment.subject}: {treatment.unit} on {len(treatment.seeds)} paired seeds")
    table.add_column("tried", overflow="fold")
    table.add_column("score", justify="right")
    table.add_column("gain", justify="right")
    table.add_column("over random", justify="right")
    table.add_column("verdict", no_wrap=True)
    for row in treatment.rows:
        words = row.words if row.kind != "random change" else f"random: {row.words}"
        style = "bold" if row.kept else "dim" if row.kind == "random change" else ""
        cells = (words, show(row.mean), show(row.gain), show(row.over_random), verdict_in_short(row))
        table.add_row(*(Text(cell, style=style) for cell in cells))
    return table


def verdict_in_short(row: TrialRow) -> str:
    """Return what became of a trial and how likely its gain is by chance; the gain has a column of its own.

    >>> verdict_in_short(TrialRow("remedy", "take Adam", probability=0.004, verdict="kept: +0.1 on 3 paired seeds"))
    'kept, p = 0.004'
    """
    word = row.verdict.partition(":")[0]
    gained = word and (row.gain is None or row.gain > 0.0)
    if not gained or row.probability is None:
        return word
    return f"{word}, p < 0.001" if row.probability < 0.001 else f"{word}, p = {row.probability:.3f}"
