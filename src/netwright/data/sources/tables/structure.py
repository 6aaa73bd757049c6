r"""Cutting text into records and checking every record's number of fields, over the whole file.

A record ends at a line end outside quotes. The parity of the quotes before a byte tells whether it is inside quotes, so
one pass of NumPy over a block finds every delimiter and record end. Where quotes are not where they should be
(an opening quote not after a delimiter, a closing quote not before one), the block goes through `quotes.repair`.
"""

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from netwright.data.sources.tables.quotes import repair

NEWLINE, QUOTE, SPACE = 10, 34, 32
LONGEST_RECORD = 1 << 20  # bytes; a quoted cell that is longer is taken for a quote that was never closed


@dataclass(frozen=True)
class Dialect:
    """How records and fields are told apart."""

    delimiter: str
    width: int  # fields in a record; 0 while that is not known
    quoting: bool = True
    skip: int = 0  # records before the data: comments and the header


@dataclass(frozen=True)
class Chunk:
    """Whole records. `content` holds those that fit, one after another, each with its line end."""

    content: bytes
    fits: np.ndarray  # bool, one per record that is not blank
    reasons: tuple[str, ...]  # of the records that do not fit, in order
    literal: int = 0  # records in which a quote was taken as a character

    @property
    def good(self) -> int:
        return int(self.fits.sum())


def chunks(blocks: Iterable[bytes], dialect: Dialect) -> Iterator[Chunk]:
    """Yield chunks of whole records from blocks of UTF-8 in which every line end is a newline."""
    held = b""
    for block in blank_cells(blocks, dialect) if dialect.width == 1 else blocks:
        text = held + block
        if b"\n" not in block:
            held = text
            continue
        chunk, used = _cut(text, dialect, final=False)
        held = text[used:]
        if chunk is not None:
            yield chunk
    if held.strip():
        chunk, _ = _cut(held if held.endswith(b"\n") else held + b"\n", dialect, final=True)
        if chunk is not None:
            yield chunk


def blank_cells(blocks: Iterable[bytes], dialect: Dialect) -> Iterator[bytes]:
    """In a table of one column a blank line below the header is a missing cell: write it as one, but for the last."""
    before, held, blank, quoted = max(1, dialect.skip), b"", 0, False
    for block in itertools.chain(blocks, (b"\n",)):
        *lines, held = (held + block).split(b"\n")
        out: list[bytes] = []
        for line in lines:
            if not line.strip() and not quoted:
                blank += before == 0
                continue
            out += [b'""\n'] * blank + [line, b"\n"]
            before, blank = max(0, before - 1), 0
            if dialect.quoting and line.count(b'"') % 2:
                quoted = not quoted and line.lstrip().startswith(b'"')
        yield b"".join(out)


def _cut(text: bytes, dialect: Dialect, final: bool) -> tuple[Chunk | None, int]:
    """Return the chunk of the whole records in `text`, and how many bytes they take."""
    layout = measure(text, dialect)
    left = len(text) - layout.used
    if not layout.orderly or left > (0 if final else LONGEST_RECORD):
        return _slowly(text, dialect, final)
    if not layout.used:
        return None, 0
    return _chunk(text, layout, dialect.width), layout.used


def _slowly(text: bytes, dialect: Dialect, final: bool) -> tuple[Chunk | None, int]:
    records, used = repair(text, dialect.delimiter, dialect.width, final)
    content = b"".join(record.content for record in records if not record.reason)
    fits = np.array([not record.reason for record in records], dtype=bool)
    reasons = tuple(record.reason for record in records if record.reason)
    return Chunk(content, fits, reasons, sum(record.literal for record in records)), used


@dataclass(frozen=True)
class Layout:
    """Where records start and end in a piece of text (byte offsets), and how many fields each has."""

    starts: np.ndarray
    ends: np.ndarray  # of the line end
    fields: np.ndarray
    orderly: bool = True  # every quote is where it should be

    @property
    def used(self) -> int:
        return int(self.ends[-1]) + 1 if len(self.ends) else 0


def measure(text: bytes, dialect: Dialect) -> Layout:
    """Find the whole records in `text`."""
    data = np.frombuffer(text, np.uint8)
    newlines = data == NEWLINE
    marks = newlines | (data == ord(dialect.delimiter)) if dialect.delimiter else newlines.copy()
    quotes = data == QUOTE if dialect.quoting and b'"' in text else None
    if quotes is not None:
        marks &= (np.cumsum(quotes, dtype=np.uint8) & 1) == 0
    positions = np.flatnonzero(marks)
    last = np.flatnonzero(newlines[positions])
    ends = positions[last]
    starts = np.concatenate((np.zeros(1, np.int64), ends[:-1] + 1)) if len(ends) else ends
    layout = Layout(starts, ends, np.diff(last, prepend=-1))
    if quotes is None:
        return layout
    in_place = _in_place(data, np.flatnonzero(quotes), ord(dialect.delimiter or "\n"))
    return replace(layout, orderly=in_place and not _swallows_lines(newlines, layout, dialect.width))


def _in_place(data: np.ndarray, quotes: np.ndarray, delimiter: int) -> bool:
    """Check that opening quotes follow, and closing quotes precede, a delimiter, a line end or another quote."""
    opening, closing = quotes[::2], quotes[1::2]
    before = data[opening[opening > 0] - 1]
    after = data[closing[closing < len(data) - 1] + 1]
    allowed = np.zeros(256, dtype=bool)
    allowed[[delimiter, NEWLINE, QUOTE]] = True
    return bool(allowed[before].all() and allowed[after].all())


def _swallows_lines(newlines: np.ndarray, layout: Layout, width: int) -> bool:
    """A record of several lines that has the wrong number of fields: a quote was probably never closed."""
    if not width:
        return False
    wrong = np.flatnonzero((layout.fields != width) & (layout.ends > layout.starts))
    return any(newlines[layout.starts[i] : layout.ends[i]].any() for i in wrong[:1000])


def _chunk(text: bytes, layout: Layout, width: int) -> Chunk:
    blank = _blank(text, layout)
    fits = (layout.fields == width) & ~blank
    content = text[: layout.used] if fits.all() else _gather(text, layout, fits)
    got = layout.fields[~fits & ~blank]
    return Chunk(content, fits[~blank], tuple(f"expected {width} fields, got {fields}" for fields in got))


def _blank(text: bytes, layout: Layout) -> np.ndarray:
    """Records with nothing but white space."""
    blank: np.ndarray = layout.ends == layout.starts
    first = np.frombuffer(text, np.uint8)[layout.starts]
    for i in np.flatnonzero((layout.fields == 1) & ((first == SPACE) | (first == 9)) & ~blank):
        blank[i] = not text[layout.starts[i] : layout.ends[i]].strip()
    return blank


def _gather(text: bytes, layout: Layout, fits: np.ndarray) -> bytes:
    """Join the runs of records that fit."""
    edges = np.flatnonzero(np.diff(fits, prepend=False, append=False))
    runs = [(edges[i], edges[i + 1] - 1) for i in range(0, len(edges), 2)]
    return b"".join(text[layout.starts[first] : layout.ends[last] + 1] for first, last in runs)
