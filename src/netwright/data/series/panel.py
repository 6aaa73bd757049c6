"""A table as series: in the order of time, series after series, without holes, every row accounted for."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from netwright.core.errors import SchemaError, nearest
from netwright.core.findings import Finding
from netwright.core.forecasts import TimeAxis
from netwright.core.values import Choice, Rejected
from netwright.data.series.channels import Values, choose_channels, fill_forward, values_of
from netwright.data.series.gaps import Gaps, find_gaps, gap_findings
from netwright.data.series.stepping import find_axis, say_step
from netwright.data.series.timeline import Timeline, find_timeline, in_order, read_timeline
from netwright.data.table import Table


@dataclass(frozen=True)
class PanelRequest:
    """What the user said of the series, or what a run knows of them."""

    target: tuple[str, ...] = ()
    time: str | None = None
    group: str | None = None
    ignore: tuple[str, ...] = ()
    date_format: str | None = None  # of a run: dates are read in it
    untimed: bool = False  # of a run that knows the order of its rows only: no column of time is looked for


@dataclass(frozen=True)
class Panel:
    """Series after series, the rows of each in the order of time."""

    values: Values  # [rows, channel], no NaN
    channels: tuple[str, ...]
    series: tuple[str, ...]  # names; one of "" where nothing tells series apart
    starts: NDArray[np.int64]  # first row of each series, and then the number of rows
    moments: NDArray[np.int64]  # of each row: microseconds, numbers, or places
    row: NDArray[np.int64]  # data row in the source, from 1
    axis: TimeAxis | None
    gaps: Gaps
    table: Table  # without the rows that were set aside
    choices: tuple[Choice, ...]
    findings: tuple[Finding, ...]
    filled: tuple[int, ...]  # cells, by channel

    @property
    def rows(self) -> int:
        return len(self.values)


def read_panel(table: Table, request: PanelRequest) -> Panel:
    """Put a table's rows in order.

    Raises:
        SchemaError: a column is not there or is of a wrong kind, or too many rows would be set aside.
    """
    skip = _skipped(table, request)
    timeline = _timeline(table, request, skip)
    skip = skip | {timeline.column or ""}
    channels = choose_channels(table, request.target, skip)
    named = Choice("data.time", timeline.column, timeline.reason)
    names = _group_of(table, request.group)
    table, timeline, names = _without_unknown(table, timeline, names)
    order = np.lexsort((timeline.moments, names))
    said = _said_of_order(order, timeline, names)
    table, timeline, names = _ordered(table, timeline, names, order)
    table, timeline, names = _without_twins(table, timeline, names)
    panel = _assemble(table, timeline, names, tuple(channels.value))
    choices = (named, channels, *said, *panel.choices)
    return replace(panel, choices=choices)


def _skipped(table: Table, request: PanelRequest) -> frozenset[str]:
    for name in request.ignore:
        if name not in table.frame.columns:
            close = nearest(name, table.frame.columns)
            raise SchemaError(f"{table.source}: expected a column {name!r} to ignore, found none; {close}")
    return frozenset((*request.ignore, *([request.group] if request.group else [])))


def _timeline(table: Table, request: PanelRequest, skip: frozenset[str]) -> Timeline:
    if request.untimed:
        return in_order(table, "the order of the rows, as in training")
    if request.date_format is not None and request.time is not None:
        return read_timeline(table, request.time, request.date_format)
    return find_timeline(table, request.time, skip)


def _group_of(table: Table, group: str | None) -> NDArray[Any]:
    if group is None:
        return np.zeros(table.frame.height, dtype="<U1")
    if group not in table.frame.columns:
        close = nearest(group, table.frame.columns)
        raise SchemaError(f"{table.source}: expected a column {group!r} that tells series apart, found none; {close}")
    return table.frame[group].cast(pl.String).fill_null("").to_numpy().astype(str)


Rows = tuple[Table, Timeline, NDArray[Any]]


def _kept(rows: Rows, keep: NDArray[np.bool_], rejected: Sequence[Rejected]) -> Rows:
    table, timeline, names = rows
    timeline = replace(timeline, moments=timeline.moments[keep], known=timeline.known[keep])
    return table.set_aside(keep, rejected), timeline, names[keep]


def _without_unknown(table: Table, timeline: Timeline, names: NDArray[Any]) -> Rows:
    """Set rows aside whose time cannot be read."""
    if timeline.known.all():
        return table, timeline, names
    at = np.flatnonzero(~timeline.known)
    cells = table.frame[timeline.column or ""].gather(at.tolist()).cast(pl.String).fill_null("").to_list()
    why = "expected a time" if timeline.format is None else f"expected a time written as {timeline.format}"
    rejected = [
        Rejected(int(table.row[i]), timeline.column or "", cell, why) for i, cell in zip(at, cells, strict=True)
    ]
    return _kept((table, timeline, names), timeline.known, rejected)


def _said_of_order(order: NDArray[np.int64], timeline: Timeline, names: NDArray[Any]) -> list[Choice]:
    if timeline.column is None or len(np.unique(names)) > 1 or bool((np.diff(order) == 1).all()):
        return []
    return [Choice("data.order", timeline.column, "the rows were not in the order of time and were sorted by it")]


def _ordered(table: Table, timeline: Timeline, names: NDArray[Any], order: NDArray[np.int64]) -> Rows:
    table = replace(table, frame=table.frame[order.tolist()], row=table.row[order])
    return table, replace(timeline, moments=timeline.moments[order], known=timeline.known[order]), names[order]


def _without_twins(table: Table, timeline: Timeline, names: NDArray[Any]) -> Rows:
    """Set rows aside whose series has a row of the same time already."""
    same = np.zeros(len(names), dtype=bool)
    same[1:] = (names[1:] == names[:-1]) & (np.diff(timeline.moments) == 0)
    if timeline.column is None or not same.any():
        return table, timeline, names
    at = np.flatnonzero(same)
    cells = table.frame[timeline.column].gather(at.tolist()).cast(pl.String).to_list()
    why = "its series has a row of this time already; the first of them is kept"
    rejected = [Rejected(int(table.row[i]), timeline.column, cell, why) for i, cell in zip(at, cells, strict=True)]
    return _kept((table, timeline, names), ~same, rejected)


def _assemble(table: Table, timeline: Timeline, names: NDArray[Any], channels: tuple[str, ...]) -> Panel:
    values, filled = fill_forward(values_of(table.frame, channels), _starts(names)[:-1])
    early = np.asarray(np.isnan(values).any(axis=1))
    if early.any():
        cells = "no cell before it to fill a missing one from"
        rejected = [Rejected(int(table.row[i]), _first_nan(values[i], channels), "", cells) for i in _at(early)]
        table, timeline, names = _kept((table, timeline, names), ~early, rejected)
        values = values[~early]
    starts = _starts(names)
    parts = [timeline.moments[a:b] for a, b in itertools.pairwise(starts)]
    axis = find_axis(timeline, parts) if len(values) else None
    gaps = find_gaps(timeline.moments, starts, axis)
    step = [] if axis is None else [Choice("data.step", say_step(axis), "the usual distance of two rows")]
    found = (*gap_findings(gaps, axis, timeline.moments), *_filled_findings(filled, channels))
    series = tuple(map(str, names[starts[:-1]]))
    return Panel(
        values=values,
        channels=channels,
        series=series,
        starts=starts,
        moments=timeline.moments,
        row=table.row,
        axis=axis,
        gaps=gaps,
        table=table,
        choices=tuple(step),
        findings=found,
        filled=tuple(map(int, filled)),
    )


def _at(mask: NDArray[np.bool_]) -> list[int]:
    return [int(place) for place in np.flatnonzero(mask)]


def _first_nan(values: NDArray[np.float64], channels: tuple[str, ...]) -> str:
    return channels[int(np.isnan(values).argmax())]


def _starts(names: NDArray[Any]) -> NDArray[np.int64]:
    """Return the first row of each series, and the number of rows."""
    if not len(names):
        return np.zeros(1, dtype=np.int64)
    changes = np.flatnonzero(names[1:] != names[:-1]) + 1
    return np.concatenate([[0], changes, [len(names)]]).astype(np.int64)


def _filled_findings(filled: NDArray[np.int64], channels: tuple[str, ...]) -> list[Finding]:
    total = int(filled.sum())
    if not total:
        return []
    most = int(filled.argmax())
    evidence = f"{total:,} missing cells were filled with the last value before them, most in {channels[most]!r} "
    evidence += f"({int(filled[most]):,}); errors on such cells are measured against the filled value"
    return [Finding("series.filled", "note", "Missing cells", evidence, "", channels[most])]
