"""Whether stored explanations fit together: what is read back from a file may have been changed by anybody."""

from collections.abc import Iterator, Sized
from dataclasses import fields, is_dataclass
from typing import Any

from netwright.core.explanations import (
    VERSION,
    Dependence,
    Explained,
    Explanation,
    ImageHeat,
    ImportanceTable,
    RemovalCurve,
)

MOST_VERSIONS = 1000
MOST_STEPS = 1 << 32  # of a series
LARGEST = 1e150  # that pictures have a scale for, and that no network answers with


def fault_of_explained(explained: Explained) -> str:
    """Say the first thing that does not fit; empty where all does."""
    if not 1 <= explained.version < MOST_VERSIONS:
        return "expected the version that wrote it, got no such number"
    if explained.version > VERSION:
        return f"it was written by a newer netwright (its version is {explained.version}, {VERSION} is read here)"
    if any(abs(number) > LARGEST for number in _numbers_of(explained)):
        return f"expected numbers up to {LARGEST:g}, got larger ones"
    every = (
        *(fault for one in explained.rows for fault in _faults_of_row(one)),
        *(fault for one in explained.dependences for fault in _faults_of_dependence(one)),
        *(fault for one in explained.places for fault in _faults_of_places(one)),
    )
    return next(iter(every), "")


def _numbers_of(value: Any) -> Iterator[float]:
    """Every number of a tree of values."""
    if isinstance(value, int | float):
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from _numbers_of(one)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _numbers_of(getattr(value, field.name))


def _faults_of_row(one: Explanation) -> Iterator[str]:
    where = f"row {one.row}"
    if one.image is not None:
        yield from _faults_of_image(where, one.image)
    if one.series is not None:
        yield from _unequal(f"{where}: the series", (*one.series.values, *one.series.amounts))
        names, values, amounts = (len(row) for row in (one.series.names, one.series.values, one.series.amounts))
        if not names == values == amounts:
            yield f"{where}: {names} channels by name, {values} with values, {amounts} with amounts"
    for text in one.texts:
        yield from _unequal(f"{where}: pieces and amounts of a text", (text.pieces, text.amounts))
    for curve in (one.deletion, one.insertion):
        yield from () if curve is None else _faults_of_curve(where, curve)


def _faults_of_image(where: str, image: ImageHeat) -> Iterator[str]:
    yield from _unequal(f"{where}: the image's amounts", image.amounts)
    if not image.picture.startswith("data:image/") or not image.amounts or not image.amounts[0]:
        yield f"{where}: expected an image with the amounts of its places"


def _faults_of_places(table: ImportanceTable) -> Iterator[str]:
    where = f"importance by {table.method[:80]!r}"
    if table.image is not None:
        yield from _faults_of_image(where, table.image)
    for one in table.columns:
        if one.steps is not None and not 1 <= one.steps[0] <= one.steps[1] <= MOST_STEPS:
            yield f"{where}: expected steps from 1 to {MOST_STEPS:,}, got {one.steps[0]:.6g} to {one.steps[1]:.6g}"


def _faults_of_curve(where: str, curve: RemovalCurve) -> Iterator[str]:
    yield from _unequal(f"{where}: a curve", (curve.shares, curve.ours, curve.random))


def _faults_of_dependence(one: Dependence) -> Iterator[str]:
    known = (one.grid, one.numbers, one.mean, one.low, one.high, *one.rows)
    yield from _unequal(f"the dependence on {one.column[:80]!r}", known)


def _unequal(what: str, rows: tuple[Any, ...]) -> Iterator[str]:
    lengths: set[int] = {len(row) for row in rows if isinstance(row, Sized)}
    if len(lengths) > 1:
        yield f"{what}: expected one length, got {min(lengths)} and {max(lengths)}"
