"""Explanations on a terminal: words, a table with bars, and coloured pictures where the terminal has colours."""

from collections.abc import Sequence

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from netwright.cli.explained_pictures import AGAINST, FOR, heat_of_image, heat_of_series, heat_of_text
from netwright.cli.terminal import out
from netwright.core.explanations import (
    Check,
    Counterfactual,
    Dependence,
    Explained,
    Explanation,
    ImportanceTable,
    Part,
)
from netwright.report.charts.dependence import is_of_categories
from netwright.report.explanation_words import (
    adds_up,
    by_size,
    doubts_of,
    gap_of,
    heading_of,
    importance_in_words,
    in_order,
    in_words,
    is_clear,
    part_of,
    said_of,
    sentence,
    signed,
)
from netwright.report.numbers import DASH, counted, is_finite, percent, show
from netwright.report.tables import new_table

MOST_PARTS, MOST_COLUMNS, MOST_POINTS = 14, 20, 12  # lines of a table
WIDE = 100  # columns of a terminal that has room for what a row is compared with
SMALL = 0.01  # of the largest amount: smaller ones share a line
HALF = 10  # characters of the longest bar
EIGHTHS = " ▏▎▍▌▋▊▉█"
MARKS = {True: ("✓", "green"), False: ("✗", "bold red"), None: ("·", "dim")}


def print_explained(explained: Explained) -> None:
    """Print everything that was found, the rows first."""
    for one in explained.rows:
        _print_row(one)
    for flip in explained.counterfactuals:
        _print_counterfactual(flip)
    for table in (explained.importance, *explained.places):
        if table is not None:
            _print_importance(table)
    for dependence in explained.dependences:
        out.print(Text(f"{dependence.unit} by {dependence.column}, all else as it is: the mean over rows"))
        out.print(dependence_table(dependence))
    for note in explained.notes:
        out.print(Text(f"note: {note}"))


def _print_importance(table: ImportanceTable) -> None:
    out.print(Text(importance_in_words(table)))
    if table.image is not None and out.color_system is not None:
        out.print(heat_of_image(table.image, out.width))
    out.print(importance_table(table))


def _print_row(one: Explanation) -> None:
    out.print(Text(sentence(heading_of(one)), style="bold"))
    out.print(Text(in_words(one)))
    if doubts := doubts_of(one):
        out.print(Text(doubts, style="bold red"))
    if out.color_system is not None:
        _print_pictures(one)
    out.print(parts_table(one))
    out.print(checks_table(one.checks, one.method, one.why))
    for note in one.notes:
        out.print(Text(f"note: {note}"))
    out.print()


def _print_pictures(one: Explanation) -> None:
    for text in one.texts:
        out.print(heat_of_text(text))
    if one.image is not None:
        out.print(heat_of_image(one.image, out.width))
    if one.series is not None:
        out.print(heat_of_series(one.series, out.width))


def parts_table(one: Explanation) -> Table:
    """The largest parts with their cells and signed bars; then the others together, and what is left over."""
    table = new_table()
    names = [cell_len(part.name) for part in one.parts]
    table.add_column("part", overflow="fold", min_width=min(24, max(names, default=4)), max_width=32)
    with_values = any(part.value for part in one.parts)
    with_references = any(part.reference for part in one.parts) and out.width >= WIDE
    for heading in ("as it is",) * with_values + ("usual",) * with_references:
        table.add_column(heading, overflow="ellipsis", max_width=28, no_wrap=True)
    table.add_column("", no_wrap=True)
    table.add_column("amount", justify="right", no_wrap=True)
    largest = by_size([part for part in one.parts if is_finite(part.amount)])
    most = abs(largest[0].amount) if largest else 0.0
    shown = [part for part in largest[:MOST_PARTS] if abs(part.amount) > SMALL * most]
    rest = largest[len(shown) :]
    for part in shown:
        cells = (part.value,) * with_values + (part.reference,) * with_references
        table.add_row(Text(part.name), *map(Text, cells), bar_of(part.amount, most), Text(_amount(part)))
    blank = ("",) * (with_values + with_references)
    if rest and not adds_up(one):
        table.add_row(Text(f"{counted(len(rest), 'other')}", "dim"))
    elif rest:
        amount = sum(part.amount for part in rest)
        table.add_row(Text(f"{counted(len(rest), 'other')}", "dim"), *blank, bar_of(amount, most), signed(amount))
    if abs(gap_of(one)) > SMALL * most:
        table.add_row(Text("unexplained", "dim"), *blank, bar_of(gap_of(one), most, "dim"), signed(gap_of(one)))
    return table


def _amount(part: Part) -> str:
    if not (is_finite(part.low) and is_finite(part.high)) or part.low == part.high:
        return signed(part.amount)
    return f"{signed(part.amount)} ± {show((part.high - part.low) / 2)}"


def bar_of(amount: float, most: float, style: str = "") -> Text:
    """A bar from the middle: to the right for positive amounts, to the left for negative ones."""
    length = min(1.0, abs(amount) / most) * HALF if most else 0.0
    if amount < 0:
        halves = round(2 * length)
        drawn = "▐" * (halves % 2) + "█" * (halves // 2)
        return Text(f"{drawn:>{HALF}}│{'':{HALF}}", style=style or AGAINST)
    whole, part = divmod(round(8 * length), 8)
    drawn = "█" * whole + EIGHTHS[part] * bool(part)
    return Text(f"{'':{HALF}}│{drawn:<{HALF}}", style=style or FOR)


def checks_table(checks: Sequence[Check], method: str, why: str) -> Table:
    """The method with its reason, and each check: held, failed, or says nothing."""
    table = new_table()
    table.show_header = False
    for _ in range(2):
        table.add_column("", no_wrap=True)
    table.add_column("", overflow="fold")
    table.add_row("", Text("method"), Text(f"{method}: {why}" if why else method))
    for check in checks:
        mark, style = MARKS[check.passed]
        table.add_row(Text(mark, style=style), Text(check.name), Text(said_of(check), style=style * (not check.passed)))
    return table


def importance_table(found: ImportanceTable) -> Table:
    """Columns, places or words by importance with their 95% intervals; stretches as they follow in time."""
    table = new_table()
    every = in_order(found)
    longest = max((cell_len(one.name) for one in every[:MOST_COLUMNS]), default=0)
    table.add_column(
        part_of(found), overflow="fold", min_width=min(24, max(longest, len(part_of(found)))), max_width=32
    )
    with_rows = any(one.rows is not None for one in found.columns)
    if with_rows:
        table.add_column("texts", justify="right", style="dim", no_wrap=True)
    table.add_column("", no_wrap=True)
    table.add_column(Text(found.unit), justify="right", min_width=8, max_width=18)
    table.add_column("95% interval", justify="right", style="dim", no_wrap=True)
    most = max((abs(one.amount) for one in every), default=0.0)
    for one in every[:MOST_COLUMNS]:
        style = "" if is_clear(one) else "dim"  # it may be nothing
        texts = (Text(DASH if one.rows is None else f"{one.rows:,}"),) * with_rows
        interval = f"{show(one.low)} to {show(one.high)}" if is_finite(one.low) else DASH
        bar, amount = bar_of(one.amount, most, style), Text(show(one.amount), style)
        table.add_row(Text(one.name, style), *texts, bar, amount, Text(interval))
    if (rest := len(every) - MOST_COLUMNS) > 0:
        table.add_row(Text(f"{counted(rest, 'other')}", "dim"))
    return table


def dependence_table(found: Dependence) -> Table:
    """The mean answer at some values of a column."""
    table = new_table()
    table.add_column(Text(found.column), overflow="fold")
    table.add_column("", no_wrap=True)
    table.add_column("mean", justify="right")
    table.add_column("95% interval", justify="right", style="dim", no_wrap=True)
    low, high = min(found.mean, default=0.0), max(found.mean, default=1.0)
    last, most = len(found.grid) - 1, MOST_COLUMNS if is_of_categories(found) else MOST_POINTS
    chosen = sorted({round(at * last / (most - 1)) for at in range(most)}) if last >= 0 else []
    for at in chosen:
        length = round(2 * HALF * (found.mean[at] - low) / ((high - low) or 1.0))
        interval = f"{show(found.low[at])} to {show(found.high[at])}"
        table.add_row(Text(found.grid[at]), Text("█" * length, FOR), Text(show(found.mean[at])), Text(interval))
    return table


def _print_counterfactual(flip: Counterfactual) -> None:
    out.print(Text(f"What would change row {flip.row:,}: {flip.words}"))
    if not flip.swaps:
        out.print()
        return
    table = new_table()
    for heading in ("column", "as it is", "changed to"):
        table.add_column(heading, overflow="fold")
    for swap in flip.swaps:
        table.add_row(Text(swap.column), Text(swap.before or DASH), Text(swap.after or DASH, style="bold"))
    sure = f" ({percent(flip.probability)} sure)" if is_finite(flip.probability) else ""
    after = f"{flip.wanted}{sure}" if flip.found else flip.answer
    table.add_row(Text("the answer", "dim"), Text(flip.answer), Text(after, style="bold"))
    out.print(table)
