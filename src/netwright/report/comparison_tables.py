"""A comparison for a terminal: what to take, how good each model is, what it costs, and the textbook's claims."""

from rich.table import Table
from rich.text import Text

from netwright.core.comparison import Comparison, Contestant
from netwright.report.comparison_words import brought, gap_of, memory_of, metric_of, moment_of, repeated, size_of
from netwright.report.numbers import DASH, count, interval, show
from netwright.report.tables import new_table

RULINGS = {"confirmed": "green", "not confirmed": "yellow", "undecided": "dim"}
ARROWS = {True: " ↑", False: " ↓", None: ""}


def goodness_table(comparison: Comparison) -> Table:
    """How good each model is; those as good as the best in bold, the one to take marked."""
    metric = metric_of(comparison)
    table = new_table(f"{comparison.name}: {count(comparison.rows['test'])} test rows that no model saw")
    table.add_column("")
    table.add_column(metric.label + ARROWS[metric.higher_is_better], justify="right")
    table.add_column("95% interval", justify="right", no_wrap=True)
    table.add_column("behind the best", justify="right", no_wrap=True)
    for rows in _sizes(comparison)[:-1]:
        table.add_column(f"{count(rows)} rows", justify="right")
    table.add_column("raw columns", justify="right")
    table.add_column("prepared ones brought", justify="right", no_wrap=True)
    for one in comparison.contestants:
        table.add_row(*(Text(cell, style="bold" if one.alike else "") for cell in _goodness(one, comparison)))
    return table


def _goodness(one: Contestant, comparison: Comparison) -> tuple[str, ...]:
    known = {point.rows: point.measure.value for point in one.curve}
    curve = (show(known.get(rows)) for rows in _sizes(comparison)[:-1])
    mark = "→ " if one.name == comparison.recommendation.name else "  "
    raw = DASH if one.raw is None else show(one.raw.value)
    return mark + one.name, show(one.measure.value), interval(one.measure), gap_of(one), *curve, raw, brought(one)


def _sizes(comparison: Comparison) -> list[int]:
    return sorted({point.rows for one in comparison.contestants for point in one.curve})


def cost_table(comparison: Comparison) -> Table:
    """What each model costs, and how far it can be followed."""
    table = new_table("what it costs, on one thread")
    table.add_column("")
    for heading in cost_headings(comparison):
        table.add_column(heading, justify="right", no_wrap=True)
    for one in comparison.contestants:
        table.add_row(*(Text(cell, style="bold" if one.alike else "") for cell in cost_cells(one)))
    return table


def cost_headings(comparison: Comparison) -> tuple[str, ...]:
    """What the cells of `cost_cells` say, after the model's name."""
    batch = max(one.cost.batch_rows for one in comparison.contestants)
    known = "training", "extra memory", "size", "one row"
    return (*known, f"{count(batch)} rows", "numbers a decision", "small tree")


def cost_cells(one: Contestant) -> tuple[str, ...]:
    """What a model costs, cell by cell."""
    cost, audit = one.cost, one.audit
    return (
        one.name,
        moment_of(cost.train_seconds),
        memory_of(cost.memory_bytes),
        size_of(cost.disk_bytes),
        moment_of(cost.row_seconds),
        moment_of(cost.batch_seconds),
        DASH if audit is None else count(audit.reaching),
        DASH if audit is None else repeated(audit.fidelity),
    )


def claims_table(comparison: Comparison) -> Table:
    """The textbook's rows, and what these data say of each."""
    table = new_table("the textbook's table of shallow against deep, on these data")
    table.add_column("", overflow="fold", ratio=2)
    table.add_column("", no_wrap=True)
    table.add_column("because", overflow="fold", ratio=5)
    for claim in comparison.claims:
        said = Text(claim.topic).append(f"\nshallow {claim.shallow}; deep {claim.deep}", style="dim")
        table.add_row(said, Text(claim.ruling, style=RULINGS[claim.ruling]), Text(claim.evidence))
    return table
