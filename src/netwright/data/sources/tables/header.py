"""Whether the first record names the columns, which lines before it to skip, and what the columns are called.

Rule: a column whose body is numbers under a first cell that is not a number means a header; else a first record of
distinct cells that are no numbers and do not occur below means a header, and so does one that counts its columns
(0, 1, 2, y) above rows that do not. Where names are expected (`columns`), a first
record that holds half of them is a header; else only a column of numbers under a name is evidence for one.
"""

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

from netwright.core.errors import SourceError
from netwright.core.values import Choice
from netwright.data.sources.tables.missing import USUAL_SPELLINGS
from netwright.data.sources.tables.numbers import Style, is_number
from netwright.data.table import ReadOptions

MOST_PREAMBLE = 50  # records before the header that may be skipped
MANY_COLUMNS = 5  # a first line 0, 1, 2, 3, 4 above whole numbers is no chance


@dataclass(frozen=True)
class Heading:
    """Column names, and how many records come before the data."""

    names: tuple[str, ...]
    skip: int
    named: bool  # the file itself names the columns
    choices: tuple[Choice, ...]


def find_heading(name: str, rows: list[list[str]], width: int, style: Style, options: ReadOptions) -> Heading:
    """Decide from a sample's cells.

    Raises:
        SourceError: a name stands twice, or there is no row below the header.
    """
    first, said = _skip_preamble(rows, width, style)
    body = [row for row in rows[first + 1 : first + 1001] if len(row) == len(rows[first]) and row != rows[first]]
    named, reason = _decide(rows[first], body, rows[first + 1 : first + 11], style, options)
    if not named:
        return Heading(_default_names(width, options), first, False, (*said, _unnamed_choice(reason, width, options)))
    if len(rows[first]) != width - 1:
        width = len(rows[first])  # rows that do not have it are set aside
    names, renamed = _name_blanks(_pad(rows[first], rows[first + 1 :], width))
    _refuse_duplicates(name, names)
    if len(rows) == first + 1:
        raise SourceError(f"{name}: expected rows below the header, got a header and nothing else")
    return Heading(names, first + 1, True, (*said, Choice("data.header", True, reason + renamed)))


def _skip_preamble(rows: list[list[str]], width: int, style: Style) -> tuple[int, list[Choice]]:
    """Records to skip before the first that could be a header: comments, and lines before a full header."""
    first = 0
    while first < min(len(rows) - 1, MOST_PREAMBLE) and len(rows[first]) != width and _is_comment(rows[first]):
        first += 1
    full = next((i for i in range(first, min(len(rows), MOST_PREAMBLE)) if len(rows[i]) == width), first)
    above = rows[first:full]
    if any(len(row) != width for row in above) and full + 1 < len(rows) and _looks_named(rows[full], rows, style):
        first = full
    if not first:
        return 0, []
    reason = f"{first} line{'s' * (first > 1)} before the table, such as {','.join(rows[0])[:60]!r}, skipped"
    return first, [Choice("data.preamble", first, reason)]


def _is_comment(row: list[str]) -> bool:
    return row[0].startswith(("#", "|")) or (len(row) > 1 and row[0] == "" and "|" in "".join(row))


def _looks_named(row: list[str], rows: list[list[str]], style: Style) -> bool:
    body = [other for other in rows if len(other) == len(row) and other is not row]
    return _types_differ(row, body, style) is not None


def _decide(
    first: list[str], body: list[list[str]], rest: list[list[str]], style: Style, options: ReadOptions
) -> tuple[bool, str]:
    if options.header is not None:
        return options.header, "asked for"
    if len(first) == 1 and any(len(row) > 1 for row in rest):
        return False, "the first line has one field, the lines below have more"
    if options.columns:
        known = set(options.columns) & set(first)
        if len(known) >= max(1, len(options.columns) / 2) or (known and len(known) >= len(first) / 2):
            return True, f"the first line holds {len(known)} of the expected names"
    if (column := _types_differ(first, body, style)) is not None:
        return True, f"{first[column]!r} stands above a column of numbers"
    if options.columns:
        return False, "the first line holds none of the expected names and reads like the rows below"
    return _by_distinct_cells(first, body, style)


def _types_differ(first: list[str], body: list[list[str]], style: Style) -> int | None:
    """Position of a column of numbers whose first cell is not one."""
    for column, cell in enumerate(first):
        if not cell or is_number(cell, style) or cell in USUAL_SPELLINGS:
            continue
        below = [row[column] for row in body if len(row) > column and row[column] not in USUAL_SPELLINGS]
        if below and sum(is_number(other, style) for other in below) > 0.9 * len(below):
            return column
    return None


def _by_distinct_cells(first: list[str], body: list[list[str]], style: Style) -> tuple[bool, str]:
    if _counts_up(first, body, style):
        return True, "the first line counts its columns, as pandas does, and the rows below do not" + _override(False)
    if any(is_number(cell, style) for cell in first):
        return False, "a cell of the first line is a number"
    cells = [cell for cell in first if cell]
    if len(set(cells)) < len(cells) or not cells:
        return False, "a cell stands twice in the first line"
    for column, cell in enumerate(first):
        if cell and any(len(row) > column and row[column] == cell for row in body):
            return False, f"{cell!r} of the first line stands in the rows below too"
    return True, "the first line's cells are distinct, no numbers, and do not occur below"


def _counts_up(first: list[str], body: list[list[str]], style: Style) -> bool:
    """Tell whether the numbers of the first line are 0, 1, 2, ... (beside names also 1, 2, ...) and not a row's.

    In doubt it is a row: where the numbers all stand in the columns below too, where the rows below count up as well,
    where a name stands above cells that are all different, or where a few whole numbers stand above whole numbers.
    """
    numbers = [column for column, cell in enumerate(first) if cell.isdecimal()]
    words = [column for column, cell in enumerate(first) if cell and column not in numbers]
    rows = [row for row in body if len(row) == len(first)]
    if len(numbers) < 2 or not rows or any(is_number(first[column], style) for column in words):
        return False
    start = 0 if not words else int(first[numbers[0]])
    if start > 1 or [first[column] for column in numbers] != [str(start + i) for i in range(len(numbers))]:
        return False
    below = {column: [row[column] for row in rows] for column in (*numbers, *words)}
    if all(first[column] in below[column] for column in numbers) or any(_consecutive(row, numbers) for row in rows):
        return False
    if words:
        named = {first[column] for column in words}
        repeats = all(first[c] not in below[c] and len(set(below[c])) < len(rows) for c in words)
        return repeats and len(named) == len(words)
    return len(numbers) >= MANY_COLUMNS or not all(cell.isdecimal() for column in numbers for cell in below[column])


def _consecutive(row: list[str], columns: list[int]) -> bool:
    cells = [row[column] for column in columns]
    return all(cell.isdecimal() for cell in cells) and all(
        int(after) - int(before) == 1 for before, after in pairwise(cells)
    )


def _override(named: bool) -> str:
    return f"; if that is wrong: --set data.header={str(named).lower()}"


def _pad(names: list[str], below: list[list[str]], width: int) -> list[str]:
    """One name too few: rows end in a delimiter, or R left out the name of the first column, that of the row names."""
    if len(names) != width - 1:
        return names
    rows_end_blank = all(not row[-1] for row in below if len(row) == width)
    return [*names, ""] if rows_end_blank else ["", *names]


def _name_blanks(cells: list[str]) -> tuple[tuple[str, ...], str]:
    taken = set(cells)
    names, blanks = [], 0
    for position, cell in enumerate(cells, start=1):
        name = cell or f"column_{position}"
        while not cell and name in taken:
            name += "_"
        taken.add(name)
        names.append(name)
        blanks += not cell
    return tuple(names), f"; {blanks} blank name{'s' * (blanks > 1)} became column_K" if blanks else ""


def _refuse_duplicates(source: str, names: tuple[str, ...]) -> None:
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        shown = ", ".join(map(repr, twice[:12]))
        raise SourceError(f"{source}: expected each column name once, got {shown} more than once; rename one of them")


def _default_names(width: int, options: ReadOptions) -> tuple[str, ...]:
    expected = options.columns or ()
    if len(expected) == width:
        return expected
    if len(expected) == width + 1:
        target = options.schema.target if options.schema else expected[-1]
        return tuple(name for name in expected if name != target)
    return tuple(f"column_{position}" for position in range(1, width + 1))


def _unnamed_choice(reason: str, width: int, options: ReadOptions) -> Choice:
    fits = options.columns and len(options.columns) in (width, width + 1)
    names = "names are taken by position from training" if fits else f"columns are named column_1 to column_{width}"
    override = _override(True) if options.header is None else ""
    return Choice("data.header", False, f"{reason}; {names}{override}")
