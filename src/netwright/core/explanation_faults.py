"""Whether stored explanations fit together: what is read back from a file may have been changed by anybody."""

from collections.abc import Iterator, Sized
from typing import Any

from netwright.core.explanations import Dependence, Explained, Explanation, RemovalCurve


def fault_of_explained(explained: Explained) -> str:
    """Say the first thing that does not fit; empty where all does."""
    every = (
        *(fault for one in explained.rows for fault in _faults_of_row(one)),
        *(fault for one in explained.dependences for fault in _faults_of_dependence(one)),
    )
    return next(iter(every), "")


def _faults_of_row(one: Explanation) -> Iterator[str]:
    where = f"row {one.row}"
    if one.image is not None:
        yield from _unequal(f"{where}: the image's amounts", one.image.amounts)
        if not one.image.picture.startswith("data:image/") or not one.image.amounts:
            yield f"{where}: expected an image with the amounts of its places"
    if one.series is not None:
        yield from _unequal(f"{where}: the series", (*one.series.values, *one.series.amounts))
        names, values, amounts = (len(row) for row in (one.series.names, one.series.values, one.series.amounts))
        if not names == values == amounts:
            yield f"{where}: {names} channels by name, {values} with values, {amounts} with amounts"
    for text in one.texts:
        yield from _unequal(f"{where}: pieces and amounts of a text", (text.pieces, text.amounts))
    for curve in (one.deletion, one.insertion):
        yield from () if curve is None else _faults_of_curve(where, curve)


def _faults_of_curve(where: str, curve: RemovalCurve) -> Iterator[str]:
    yield from _unequal(f"{where}: a curve", (curve.shares, curve.ours, curve.random))


def _faults_of_dependence(one: Dependence) -> Iterator[str]:
    known = (one.grid, one.numbers, one.mean, one.low, one.high, *one.rows)
    yield from _unequal(f"the dependence on {one.column[:80]!r}", known)


def _unequal(what: str, rows: tuple[Any, ...]) -> Iterator[str]:
    lengths: set[int] = {len(row) for row in rows if isinstance(row, Sized)}
    if len(lengths) > 1:
        yield f"{what}: expected one length, got {min(lengths)} and {max(lengths)}"
