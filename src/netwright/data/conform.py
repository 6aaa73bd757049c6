"""Fitting new data to the contract of a run: nothing is guessed in silence, no row is lost.

Rules: columns by name, in any order. A missing column is an error; a column that training did not know is left out with
a note. A cell that is not of the training type becomes missing, a category that training did not see stays as it is and
is counted, each with a note; so is a column whose values drifted. With a target: a label that is no class is matched
without case, surrounding spaces and a final dot, if that leaves no two classes alike; rows whose label matches nothing,
or that have none, are set aside.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import polars as pl

from netwright.core.errors import ContractError, nearest
from netwright.core.findings import Finding
from netwright.core.values import Column, Schema
from netwright.data.conformed_column import as_kind, unreadable_note
from netwright.data.conformed_target import fit_target_labels
from netwright.data.drift import drift_findings
from netwright.data.labels import label_text
from netwright.data.sources.tables.missing import USUAL_SPELLINGS
from netwright.data.table import FILE, Table


@dataclass(frozen=True)
class Conformed:
    """A table that fits the schema, and what had to be said about it."""

    table: Table
    notes: tuple[Finding, ...]
    unseen: dict[str, int]  # column -> cells with a category that training did not see
    drift: dict[str, float]  # feature -> population stability index, see drift.py


def conform(table: Table, schema: Schema, with_target: bool, compare: bool = True) -> Conformed:
    """Bring a table into the form that the schema describes.

    Args:
        table: as read, best with `ReadOptions(columns=..., schema=schema)`.
        schema: that of the run.
        with_target: the target must be there, and rows without a known one are set aside. Else it is left out.
        compare: look for drift; without, for callers who hear of none, the result knows no index.

    Raises:
        ContractError: a column is missing, or no row is left.
    """
    wanted = [column for column in schema.columns if _is_wanted(column, table, with_target)]
    _refuse_missing(table, wanted)
    notes = list(_extra(table, schema))
    frame: dict[str, pl.Series] = {}
    unseen: dict[str, int] = {}
    for column in wanted:
        if column.role == "target":
            frame[column.name] = table.frame[column.name]
            continue
        cells, faults = as_kind(table.frame[column.name], column)
        frame[column.name] = cells
        notes += [*faults, *_unreadable(table, column), *_missing(cells, column), *_range(cells, column)]
        if count := _count_unseen(cells, column):
            unseen[column.name] = count
            notes.append(_unseen_note(cells, column, count))
    features = [column for column in wanted if column.role == "feature" and compare]
    drifted, drift = drift_findings(frame, features)
    notes += drifted
    table = replace(table, frame=pl.DataFrame(frame))
    if with_target:
        table, more = fit_target_labels(table, schema)
        notes += more
    return Conformed(table, tuple(notes), unseen, drift)


def _is_wanted(column: Column, table: Table, with_target: bool) -> bool:
    if column.role == "target":
        return with_target
    if column.role == "feature":
        return True
    beside = column.role in ("group", "time") or (column.name == FILE and table.is_of_files)
    return beside and column.name in table.frame.columns


def _refuse_missing(table: Table, wanted: list[Column]) -> None:
    present = table.frame.columns
    absent = [column.name for column in wanted if column.name not in present]
    if not absent:
        return
    wanted_names = {column.name for column in wanted}
    spare = [name for name in present if name not in wanted_names]
    shown = ", ".join(map(repr, absent[:12])) + (", ..." if len(absent) > 12 else "")
    hint = f"; {nearest(absent[0], spare)}" if spare else ""
    raise ContractError(
        f"{table.source}: expected the columns that the run was trained on, but {shown} "
        f"{'is' if len(absent) == 1 else 'are'} missing{hint}"
    )


def _extra(table: Table, schema: Schema) -> Iterator[Finding]:
    known = {column.name for column in schema.columns}
    extra = [name for name in table.frame.columns if name not in known]
    if extra:
        shown = ", ".join(map(repr, extra[:12])) + (", ..." if len(extra) > 12 else "")
        yield Finding(
            "data.extra-column", "note", f"{len(extra)} columns that training did not know", f"{shown} left out"
        )


def _unreadable(table: Table, column: Column) -> Iterator[Finding]:
    """Cells that reading turned to null because they are not of the training type."""
    if column.kind != "numeric":
        return
    known = {*USUAL_SPELLINGS, *column.missing_spellings}
    odd = {text: cells for text, cells in table.missing.get(column.name, {}).items() if text not in known}
    if odd:
        yield unreadable_note(column, odd)


def _missing(cells: pl.Series, column: Column) -> Iterator[Finding]:
    if column.missing or not (count := cells.null_count()):
        return
    evidence = f"{count:,} of {len(cells):,} cells are missing; training saw none missing"
    yield Finding("data.new-missing", "note", f"{column.name!r} has missing cells", evidence, "", column.name)


def _range(cells: pl.Series, column: Column) -> Iterator[Finding]:
    if column.kind != "numeric" or column.minimum is None or column.maximum is None or not cells.dtype.is_numeric():
        return
    outside = int(((cells < column.minimum) | (cells > column.maximum)).sum() or 0)
    if outside:
        share = f"{outside:,} of {len(cells):,} cells ({outside / len(cells):.1%})"
        evidence = f"{share} lie outside {column.minimum:g} to {column.maximum:g}, the range in training"
        yield Finding("data.out-of-range", "note", f"{column.name!r} leaves its range", evidence, "", column.name)


def _count_unseen(cells: pl.Series, column: Column) -> int:
    if not column.categories:
        return 0
    return int((~cells.is_in(list(column.categories))).sum() or 0)


def _unseen_note(cells: pl.Series, column: Column, count: int) -> Finding:
    new = label_text(cells).filter(~cells.is_in(list(column.categories))).unique().sort().head(5).to_list()
    evidence = f"{count:,} of {len(cells):,} cells hold values that training did not see: {', '.join(map(repr, new))}"
    return Finding("data.unseen", "note", f"{column.name!r} has new categories", evidence, "", column.name)
