"""A comparison for a terminal: what to take, how good each model is, what it costs, and the textbook's claims."""

from rich.table import Table
from rich.text import Text

from netwright.core.comparison import Comparison, Contestant
from netwright.report.comparison_words import (
    brought,
    gap_of,
    memory_of,
    metric_of,
    moment_of,
    repeated,
    short_name,
    size_of,
)
from netwright.report.numbers import DASH, count, interval, show
from netwright.report.tables import new_table

RULINGS = {"confirmed": "green", "not confirmed": "yellow", "undecided": "dim"}
ARROWS = {True: "\u00a0↑", False: "\u00a0↓", None: ""}


def goodness_table(comparison: Comparison) -> Table:
    """How good each model is; those as good as the best in bold, the one to take marked."""
    metric = metric_of(comparison)
    title = f"{comparison.name}: {count(comparison.rows['test'])} test rows that no model saw"
    table = _by_model(title, metric.label + ARROWS[metric.higher_is_better], "95% interval", "behind the best")
    for one in comparison.contestants:
        mark = "→ " if one.name == comparison.recommendation.name else "  "
        _add(table, one, mark + short_name(one.name), show(one.measure.value), interval(one.measure), gap_of(one))
    return table


def growth_table(comparison: Comparison) -> Table:
    """How good each model is on fewer rows and on raw columns."""
    metric = metric_of(comparison)
    sizes = _sizes(comparison)[:-1]
    title = f"{metric.label} by training rows; on raw columns; what prepared ones brought"
    table = _by_model(title, *(count(rows) for rows in sizes), "raw", "prepared")
    for one in comparison.contestants:
        known = {point.rows: point.measure.value for point in one.curve}
        raw = DASH if one.raw is None else show(one.raw.value)
        _add(
            table,
            one,
            short_name(one.name),
            *(show(known.get(rows)) for rows in sizes),
            raw,
            brought(one).replace(" (", "\n("),
        )
    return table


def _by_model(title: str, *headings: str) -> Table:
    """Return a table with a row for each model that 80 characters are enough for."""
    table = new_table(title)
    table.padding = (0, 1, 0, 0)
    table.add_column("", no_wrap=True)
    for heading in headings:
        table.add_column(heading.replace(" ", "\n", 1), justify="right", no_wrap=True)
    return table


def _add(table: Table, one: Contestant, *cells: str) -> None:
    table.add_row(*(Text(cell, style="bold" if one.alike else "") for cell in cells))


def _sizes(comparison: Comparison) -> list[int]:
    return sorted({point.rows for one in comparison.contestants for point in one.curve})


def cost_table(comparison: Comparison) -> Table:
    """What each model costs, and how far it can be followed."""
    table = _by_model("what it costs, on one thread", *cost_headings(comparison))
    for one in comparison.contestants:
        _add(table, one, short_name(one.name), *cost_cells(one)[1:])
    return table


def cost_headings(comparison: Comparison) -> tuple[str, ...]:
    """What the cells of `cost_cells` say, after the model's name."""
    batch = max(one.cost.batch_rows for one in comparison.contestants)
    known = "training", "extra memory", "size", "one row"
    return (*known, f"{count(batch)} rows", "numbers to follow", "small tree")


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
