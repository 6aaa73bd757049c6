"""Files of series as the UEA and UCR archives hold them: a head of @ lines, then a series a line.

The channels of a series are parted by colons, the values of a channel by commas; the label comes last. A ? or NaN is a
missing value. Source: A. Bagnall et al., The UEA multivariate time series classification archive, 2018.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from netwright.core.errors import SourceError
from netwright.core.values import Rejected
from netwright.data.sources.series.making import LABEL, SERIES, Labels, refuse_endless
from netwright.data.sources.tables.archives import Opened

ENDING = ".ts"
MISSING = ("?", "nan", "")
MOST_LINE = 1 << 27  # bytes: some ten million values
SHOWN = 40  # characters of a damaged cell that are told


@dataclass(frozen=True)
class Head:
    """What the lines before the data say."""

    labelled: bool  # a label ends each line
    regression: bool = False  # and is a number
    classes: tuple[str, ...] = ()
    channels: int | None = None


@dataclass
class Lines:
    """The series of a file, as far as it is read."""

    series: list[NDArray[np.float32]] = field(default_factory=list)  # [channels, length] each
    labels: list[str | None] = field(default_factory=list)
    row: list[int] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    total: int = 0


class UnreadableError(ValueError):
    """Why a line is set aside: the column, what it holds and what was expected."""

    def __init__(self, column: str, value: str, reason: str) -> None:
        super().__init__(reason)
        self.column, self.value, self.reason = column, value[:SHOWN], reason


def read_ts(opened: Opened) -> tuple[Head, Lines]:
    """Read the head and each series; lines that cannot be read are in `Lines.rejected`.

    Raises:
        SourceError: it is no such file, or no line of it can be read.
    """
    numbered = _lines(opened)
    head = _head(opened.name, numbered)
    lines = Lines()
    channels, longest = head.channels, 0
    for text in numbered:
        lines.total += 1
        try:
            one, label = _series_of(text, head)
            channels = len(one) if channels is None else channels
            if len(one) != channels:
                raise UnreadableError(SERIES, "", f"expected {channels:,} channels, got {len(one):,}")
        except UnreadableError as fault:
            lines.rejected.append(Rejected(lines.total, fault.column, fault.value, fault.reason))
            continue
        longest = max(longest, one.shape[1])
        refuse_endless(opened.name, len(lines.series) + 1, channels, longest)
        lines.series.append(one)
        lines.labels.append(label)
        lines.row.append(lines.total)
    _refuse_none(opened.name, lines)
    return head, lines


def labels_of(head: Head, lines: Lines) -> Labels:
    """Return the labels as text, or as numbers where the head says that they are the target of a regression."""
    if not head.labelled:
        return Labels(None, "")
    texts = pl.Series(LABEL, lines.labels, dtype=pl.String)
    if head.regression:
        return Labels(texts.cast(pl.Float64), "the number at the end of each line, as @targetLabel says")
    return Labels(texts, "the class at the end of each line, as @classLabel says")


def _refuse_none(source: str, lines: Lines) -> None:
    if lines.series:
        return
    got = "none"
    if lines.rejected:
        first = lines.rejected[0]
        got = f"{lines.total:,} that cannot be read; row {first.row}: {first.reason}"
    raise SourceError(f"{source}: expected a series on each line after @data, got {got}")


def _lines(opened: Opened) -> Iterator[str]:
    """Yield lines that hold something, without comments."""
    rest = b""
    for block in opened.blocks():
        *whole, rest = (rest + block).split(b"\n")
        if len(rest) > MOST_LINE:
            raise SourceError(
                f"{opened.name}: expected lines of at most {MOST_LINE:,} bytes, got a longer one; is it a .ts file?"
            )
        yield from _texts(whole)
    yield from _texts([rest])


def _texts(lines: list[bytes]) -> Iterator[str]:
    for line in lines:
        text = line.decode("utf-8", "replace").strip().removeprefix("\ufeff")
        if text and not text.startswith("#"):
            yield text


def _head(source: str, lines: Iterator[str]) -> Head:
    said: dict[str, list[str]] = {}
    for text in lines:
        if not text.startswith("@"):
            raise SourceError(
                f"{source}: expected lines that begin with @ up to a line @data, got {text[:SHOWN]!r}; "
                "a .ts file begins with @problemName, @classLabel and their like"
            )
        name, *values = text[1:].split()
        if name.lower() == "data":
            return _read_head(source, said)
        said[name.lower()] = values
    raise SourceError(f"{source}: expected a line @data with the series after it, got a file that ends without one")


def _read_head(source: str, said: dict[str, list[str]]) -> Head:
    if _is_true(said.get("timestamps", [])):
        raise SourceError(
            f"{source}: expected values at equal steps (@timeStamps false), got values with a time of their own; "
            "bring them to equal steps first"
        )
    label, target = said.get("classlabel", []), said.get("targetlabel", [])
    if "classlabel" not in said and "targetlabel" not in said:
        raise SourceError(
            f"{source}: expected @classLabel or @targetLabel in the head, got {', '.join(said) or 'neither'}; "
            "write @classLabel true, or @classLabel false where no label ends the lines"
        )
    stated = said.get("dimensions", said.get("dimension", []))
    channels = int(stated[0]) if stated and stated[0].isdigit() and int(stated[0]) else None
    channels = 1 if _is_true(said.get("univariate", [])) else channels
    return Head(_is_true(label) or _is_true(target), _is_true(target), tuple(label[1:]), channels)


def _is_true(values: list[str]) -> bool:
    return bool(values) and values[0].lower() == "true"


def _series_of(text: str, head: Head) -> tuple[NDArray[np.float32], str | None]:
    channels = text.split(":")
    label = channels.pop().strip() if head.labelled else None
    if head.labelled and not channels:
        raise UnreadableError(SERIES, text, "expected a colon and a label after the values: the line may be cut off")
    read = [_values_of(channel, number) for number, channel in enumerate(channels, start=1)]
    lengths = {len(values) for values in read}
    if len(lengths) > 1:
        raise UnreadableError(SERIES, "", f"expected channels of one length, got {sorted(lengths)}"[:200])
    series = np.stack(read)
    if np.isnan(series).all():
        raise UnreadableError(SERIES, text, "no value is there")
    return series, None if label is None else _label_of(label, head)


def _values_of(channel: str, number: int) -> NDArray[np.float32]:
    cells = channel.split(",")
    try:
        values = np.array(cells, dtype=np.float64)
    except ValueError:
        values = np.array([_number(cell.strip(), number) for cell in cells])
    if np.isinf(values).any() or (np.abs(values) > np.finfo(np.float32).max).any():
        raise UnreadableError(SERIES, "", f"channel {number:,}: a value is not finite")
    return values.astype(np.float32)


def _number(cell: str, channel: int) -> float:
    if cell.lower() in MISSING:
        return math.nan
    try:
        return float(cell)
    except ValueError:
        raise UnreadableError(SERIES, cell, f"channel {channel:,}: expected a number") from None


def _label_of(label: str, head: Head) -> str | None:
    if label.lower() in MISSING:
        return None
    if head.regression:
        if not math.isfinite(_target(label)):
            raise UnreadableError(LABEL, label, "expected a number as target")
    elif head.classes and label not in head.classes:
        raise UnreadableError(LABEL, label, f"expected a class of the head: {', '.join(head.classes)}"[:200])
    return label


def _target(label: str) -> float:
    try:
        return float(label)
    except ValueError:
        return math.nan
