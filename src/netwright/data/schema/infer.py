"""From a table and what the user said of it to a data contract."""

from dataclasses import replace

import numpy as np
import polars as pl

from netwright.core.errors import SchemaError
from netwright.core.values import Column, Kind, Rejected, Schema, Task
from netwright.data.labels import label_text
from netwright.data.schema.columns import Verdict, describe
from netwright.data.schema.datetimes import find_dates
from netwright.data.schema.kinds import Found, find_kind
from netwright.data.schema.request import SchemaRequest, check_names, find_target
from netwright.data.schema.roles import check_roles, find_role
from netwright.data.schema.tasks import Goal, find_goal
from netwright.data.sources.tables.missing import USUAL_SPELLINGS
from netwright.data.table import Table

_NO_REQUEST = SchemaRequest()
NO_TARGET = ("", "")  # name and reason


def infer_schema(table: Table, request: SchemaRequest = _NO_REQUEST) -> tuple[Schema, Table]:
    """Find kinds, roles and the task from all rows.

    Returns:
        The schema, and the table without rows that have no target or a date that cannot be read; columns of dates
        are Datetime in it, and columns whose kind was asked for have the type of that kind.

    Raises:
        SchemaError: no such column, a target that cannot be learnt, or no feature.
    """
    check_names(table, request)
    target = find_target(table, request)
    table = _without_target(table, target[0])
    found = _kinds(table, request)
    table = _convert(table, found, target[0])
    goal = find_goal(table.frame[target[0]], request.task)
    found[target[0]] = _target_kind(goal, found[target[0]])
    columns = _columns(table, found, target, request)
    return Schema(columns, target[0], goal.task, goal.reason, goal.classes, _spellings(table)), table


def infer_features(table: Table, task: Task, request: SchemaRequest = _NO_REQUEST) -> tuple[Schema, Table]:
    """As `infer_schema`, for a table without a target: the caller keeps it, and says what the task is."""
    check_names(table, request)
    found = _kinds(table, request)
    table = _convert(table, found, NO_TARGET[0])
    columns = _columns(table, found, NO_TARGET, request)
    return Schema(columns, NO_TARGET[0], task, "asked for", (), _spellings(table)), table


def _kinds(table: Table, request: SchemaRequest) -> dict[str, Found]:
    pictures = table.pictures
    found = {cells.name: _kind(cells, request.kinds) for cells in table.frame if not _is_of_keys(cells, table)}
    if pictures is not None:
        shape = " x ".join(map(str, pictures.shape))
        found[pictures.column] = Found("image", f"{len(pictures.places):,} different images of {shape}")
    if (series := table.series) is not None:
        said = f"{len(series.places):,} different series of {series.shape[0]} x {series.shape[1]} values"
        found[series.column] = Found("series", said)
    return found


def _is_of_keys(cells: pl.Series, table: Table) -> bool:
    return any(held is not None and cells.name == held.column for held in (table.pictures, table.series))


def _columns(
    table: Table, found: dict[str, Found], target: tuple[str, str], request: SchemaRequest
) -> tuple[Column, ...]:
    columns = tuple(
        _column(table, position, name, found[name], target, request)
        for position, name in enumerate(table.frame.columns)
    )
    check_roles(columns, request, target[0])
    return columns


def _spellings(table: Table) -> tuple[str, ...]:
    met = dict.fromkeys(spelling for spellings in table.missing.values() for spelling in spellings)
    return tuple(dict.fromkeys((*USUAL_SPELLINGS, *met)))


def _without_target(table: Table, target: str) -> Table:
    cells = table.frame[target]
    gone = cells.is_null()
    if cells.dtype.is_float():
        gone = gone | ~cells.is_finite().fill_null(True)
    if gone.all():
        raise SchemaError(f"target {target!r}: every one of {len(cells):,} cells is missing; choose another target")
    keep = ~gone.to_numpy()
    return table.set_aside(keep, [Rejected(row, target, "", "no target") for row in table.row[~keep].tolist()])


def _kind(cells: pl.Series, asked: dict[str, Kind]) -> Found:
    kind = asked.get(cells.name)
    if kind is None:
        return find_kind(cells)
    if kind == "datetime" and not isinstance(cells.dtype, pl.Datetime):
        dates = find_dates(cells)
        if dates is None:
            raise SchemaError(f"column {cells.name!r}: asked to be datetime, but no date format reads 98% of its cells")
        return Found(kind, "asked for; " + dates.reason, dates)
    return Found(kind, "asked for")


def _convert(table: Table, found: dict[str, Found], target: str) -> Table:
    """Give columns the physical type of their kind; rows with cells that do not fit are set aside."""
    for name, what in found.items():
        cells = table.frame[name]
        if what.dates is not None and name != target:
            table = _converted(table, cells, what.dates.values, f"expected a date written as {what.dates.format}")
        elif what.kind == "numeric" and not cells.dtype.is_numeric():
            table = _as_numbers(table, cells)
    return table


def _as_numbers(table: Table, cells: pl.Series) -> Table:
    text = label_text(cells) if cells.dtype != pl.Boolean else cells.cast(pl.Int64)
    numbers = text.cast(pl.Float64, strict=False)
    present = len(cells) - cells.null_count()
    if 2 * (len(numbers) - numbers.null_count()) < present:
        raise SchemaError(f"column {cells.name!r}: asked to be numeric, but most of its cells are no numbers")
    return _converted(table, cells, numbers, "expected a number")


def _converted(table: Table, cells: pl.Series, values: pl.Series, reason: str) -> Table:
    lost = (values.is_null() & cells.is_not_null()).to_numpy()
    values = values.alias(cells.name)
    table = replace(table, frame=table.frame.with_columns(values))
    if not lost.any():
        return table
    at = np.flatnonzero(lost)
    texts = label_text(cells).gather(at).to_list()
    faults = [Rejected(int(table.row[i]), cells.name, text, reason) for i, text in zip(at, texts, strict=True)]
    return table.set_aside(~lost, faults)


def _target_kind(goal: Goal, found: Found) -> Found:
    if goal.task == "regression":
        return Found("numeric", "the target of a regression")
    if found.kind == "boolean":
        return Found(found.kind, found.reason)
    return Found("categorical", f"the target of a classification with {len(goal.classes):,} classes")


def _column(
    table: Table, position: int, name: str, found: Found, target: tuple[str, str], request: SchemaRequest
) -> Column:
    role, reason = find_role(name, found.kind, target, request)
    form = found.dates.format if found.dates and name != target[0] else None
    verdict = Verdict(found.kind, found.reason, role, reason, form, _shape(table, found.kind))
    return describe(table.frame[name], position, verdict, table.missing.get(name, {}))


def _shape(table: Table, kind: Kind) -> tuple[int, ...]:
    held = {"image": table.pictures, "series": table.series}.get(kind)
    return () if held is None else held.shape
