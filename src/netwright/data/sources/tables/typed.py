"""Two passes over sheets of text: the first finds each column's type from all rows, the second makes typed columns."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import polars as pl

from netwright.core.values import Choice, Rejected
from netwright.data.sources.tables.numbers import parse_numbers
from netwright.data.sources.tables.profile import Decision, Profile, decide, whole_numbers
from netwright.data.sources.tables.sheet import Reading, Sheet, Sheets

FLOAT32_ABOVE = 512 * 2**20  # bytes that the numbers of a table would take as Float64
MOST_SPELLINGS = 1000  # distinct unreadable cells that are counted per column


@dataclass(frozen=True)
class Typed:
    """The rows that could be typed, and those that could not."""

    frame: pl.DataFrame
    row: np.ndarray
    rejected: tuple[Rejected, ...]
    choices: tuple[Choice, ...]
    missing: dict[str, dict[str, int]]


def type_sheets(sheets: Sheets, reading: Reading) -> Typed:
    """Find types from all sheets, then read them again as those types."""
    profiles: dict[str, Profile] = {}
    for sheet in sheets():
        for cells in sheet.frame:
            profiles.setdefault(cells.name, Profile(cells.name, reading)).add(cells)
    decisions = _narrowed({name: decide(profile) for name, profile in profiles.items()}, profiles)
    return _build(sheets(), decisions, reading)


def _narrowed(decisions: dict[str, Decision], profiles: dict[str, Profile]) -> dict[str, Decision]:
    """Float32 for all floats where the numbers would take too much memory as Float64."""
    numeric = [name for name, decision in decisions.items() if decision.dtype in (pl.Int64, pl.Float64)]
    cells = sum(profiles[name].numbers + sum(profiles[name].missing.values()) for name in numeric)
    if 8 * cells <= FLOAT32_ABOVE:
        return decisions
    return {
        name: Decision(name, pl.Float32, decision.missing, decision.coerce, decision.choice)
        if decision.dtype is pl.Float64
        else decision
        for name, decision in decisions.items()
    }


def _build(sheets: Iterable[Sheet], decisions: dict[str, Decision], reading: Reading) -> Typed:
    frames, rows = [], []
    rejected: list[Rejected] = []
    unread: dict[str, Counter[str]] = {name: Counter() for name in decisions}
    for sheet in sheets:
        rejected += sheet.rejected
        columns, faults = _read_sheet(sheet, decisions, reading, unread)
        keep = _without(faults, len(sheet.row))
        frames.append(columns.filter(pl.Series(keep)) if faults else columns)
        rows.append(sheet.row[keep])
        rejected += [fault for _, fault in faults]
    frame = pl.concat(frames) if frames else pl.DataFrame(schema={n: d.dtype for n, d in decisions.items()})
    row = np.concatenate(rows) if rows else np.zeros(0, np.int64)
    missing = {name: {**decisions[name].missing, **unread[name]} for name in decisions}
    choices = tuple(decision.choice for decision in decisions.values() if decision.choice)
    found = {name: spellings for name, spellings in missing.items() if spellings}
    return Typed(frame, row, tuple(sorted(rejected, key=lambda fault: fault.row)), choices, found)


def _read_sheet(
    sheet: Sheet, decisions: dict[str, Decision], reading: Reading, unread: dict[str, Counter[str]]
) -> tuple[pl.DataFrame, list[tuple[int, Rejected]]]:
    """Return typed columns, and the cells at fault with their positions in the sheet."""
    columns, faults = [], []
    for cells in sheet.frame:
        decision = decisions[cells.name]
        if decision.dtype in (pl.String, pl.Categorical):
            columns.append(_without_missing(cells, decision).cast(decision.dtype))
            continue
        if reading.sentinels:
            cells = cells.set(cells.is_in(list(reading.sentinels)), "")
        values, at = _to_numbers(cells, decision, reading)
        columns.append(values)
        if decision.coerce:
            _count(unread[cells.name], cells.gather(at))
            continue
        faults += [(i, Rejected(int(sheet.row[i]), cells.name, cells[i], _fault(cells[i]))) for i in at.tolist()]
    return pl.DataFrame(columns), faults


def _without_missing(cells: pl.Series, decision: Decision) -> pl.Series:
    return cells.set(cells.is_in(list(decision.missing)), None) if decision.missing else cells


def _to_numbers(cells: pl.Series, decision: Decision, reading: Reading) -> tuple[pl.Series, np.ndarray]:
    """Return the column as numbers, null where missing or at fault, and the positions of the cells at fault."""
    numbers = parse_numbers(cells, reading.style)
    doubtful = (~numbers.is_finite()).fill_null(True).arg_true()
    if doubtful.len():
        missing = cells.gather(doubtful).is_in([*decision.missing, ""])
        at = doubtful.filter(~missing).to_numpy()
        numbers = numbers.scatter(doubtful, None)
    else:
        at = np.zeros(0, np.int64)
    if decision.dtype is pl.Int64:
        return whole_numbers(cells, numbers), at
    return numbers.cast(decision.dtype), at


def _fault(cell: str) -> str:
    try:
        float(cell)
    except ValueError:
        return "expected a number"
    return "expected a finite number that fits in 64 bits"


def _count(counter: Counter[str], cells: pl.Series) -> None:
    for cell, count in cells.alias("cell").value_counts(name="count").iter_rows():
        counter[cell if cell in counter or len(counter) < MOST_SPELLINGS else "(other)"] += count


def _without(faults: list[tuple[int, Rejected]], height: int) -> np.ndarray:
    keep = np.ones(height, dtype=bool)
    keep[[position for position, _ in faults]] = False
    return keep
