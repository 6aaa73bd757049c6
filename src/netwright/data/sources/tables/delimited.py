"""Delimited text of any size: found out from a sample, checked over the whole file, read in bounded memory.

The file is read once for its bytes (encoding, fingerprint), once to find types and once to make typed columns; a file
of one block is parsed once. Rows that cannot be read are set aside and counted, never dropped.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_

import numpy as np
import polars as pl

from netwright.core.errors import SourceError
from netwright.core.values import Choice, Rejected
from netwright.data.sources.tables.archives import Opened
from netwright.data.sources.tables.dialect import SPACES, Sniffed, sniff, squeezed
from netwright.data.sources.tables.encoding import REPLACEMENT, Encoding, find_encoding, utf8_blocks
from netwright.data.sources.tables.forced import forced_types
from netwright.data.sources.tables.header import Heading, find_heading
from netwright.data.sources.tables.missing import honoured
from netwright.data.sources.tables.numbers import Style, find_style
from netwright.data.sources.tables.sheet import Reading, Sheet
from netwright.data.sources.tables.structure import Chunk, Dialect, chunks
from netwright.data.sources.tables.typed import Typed, type_sheets
from netwright.data.table import ReadOptions, Table
from netwright.data.wording import where_and_why

SAMPLE = 1 << 20  # bytes
ONE_BLOCK = 1 << 24  # bytes; text of a file up to this size is kept between the passes
Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Layout:
    """Everything that was found out from the sample."""

    opened: Opened
    encoding: Encoding
    sniffed: Sniffed
    heading: Heading
    dialect: Dialect
    style: Style

    @property
    def choices(self) -> tuple[Choice, ...]:
        found = (self.encoding.choice, *self.sniffed.choices, *self.heading.choices)
        if self.style == "point":
            return found
        return (*found, Choice("data.decimal", ",", "cells such as 1,5 can be read in no other way"))


def read_delimited(opened: Opened, options: ReadOptions, progress: Progress) -> Table:
    """Read delimited text.

    Raises:
        SourceError: not text, no rows, or more rows set aside than `options.max_rejected` allows.
    """
    layout = find_layout(opened, options)
    reader = _Reader(layout, progress)
    typed = type_sheets(reader.sheets, Reading(honoured(options), layout.style, forced_types(options.schema)))
    _refuse_no_rows(opened.name, typed, reader.total)
    choices = (*layout.choices, *reader.choices(), *typed.choices)
    return Table(
        typed.frame, typed.row, typed.rejected, reader.total, opened.name, choices, typed.missing, opened.fingerprint()
    )


def find_layout(opened: Opened, options: ReadOptions) -> Layout:
    """Find encoding, delimiter, header and number style from the file's bytes and a sample of its lines."""
    encoding = find_encoding(opened, options.encoding)
    sample = _sample(opened, encoding)
    sniffed = sniff(opened.name, sample, options.delimiter)
    trial = sniffed.trial
    style = find_style([cell for row in trial.rows[1:] for cell in row], trial.delimiter)
    heading = find_heading(opened.name, trial.rows, trial.width, style, options)
    mark = "\t" if trial.delimiter == SPACES else trial.delimiter
    dialect = Dialect(mark, len(heading.names), sniffed.quoting, heading.skip)
    return Layout(opened, encoding, sniffed, heading, dialect, style)


def _sample(opened: Opened, encoding: Encoding) -> bytes:
    sample = b""
    for block in utf8_blocks(opened, encoding):
        sample += block
        if len(sample) > SAMPLE and sample.count(b"\n", 0, SAMPLE) > 1:
            short = sample[: sample.rindex(b"\n", 0, SAMPLE) + 1]
            if short.count(b'"') % 2 == 0:
                return short
            return sample[: sample.rindex(b"\n") + 1]  # the cut would be inside a quoted cell
        if len(sample) > 64 * SAMPLE:
            raise SourceError(f"{opened.name}: expected lines, got {len(sample):,} bytes without a line end")
    return sample if sample.endswith(b"\n") else sample + b"\n"


class _Reader:
    """Yields sheets, as often as asked; remembers what it counted on the way."""

    def __init__(self, layout: Layout, progress: Progress) -> None:
        self.layout = layout
        self.total = 0
        self._progress = progress
        self._kept: list[Sheet] | None = None
        self._repeats = self._literal = 0

    def sheets(self) -> Iterator[Sheet]:
        """Read the file from its start, or hand on again what was kept of a small one."""
        if self._kept is not None:
            yield from self._kept
            return
        self._repeats = self._literal = 0
        row, size = 1 - self.layout.dialect.skip, 0
        kept: list[Sheet] = []
        for chunk in chunks(self._blocks(), self.layout.dialect):
            sheet = self._sheet(chunk, row)
            row, size = row + len(chunk.fits), size + len(chunk.content)
            kept = [*kept, sheet] if size <= ONE_BLOCK else []
            yield sheet
        self.total = max(row - 1, 0)
        self._kept = kept if size <= ONE_BLOCK else None

    def _blocks(self) -> Iterator[bytes]:
        blocks, done = utf8_blocks(self.layout.opened, self.layout.encoding), 0
        for block in squeezed(blocks) if self.layout.sniffed.trial.delimiter == SPACES else blocks:
            yield block
            done += len(block)
            self._progress("reading", min(1.0, done / max(1, self.layout.opened.size)))

    def _sheet(self, chunk: Chunk, first: int) -> Sheet:
        numbers = np.arange(first, first + len(chunk.fits))
        frame = parse(chunk.content, self.layout.dialect, self.layout.heading.names)
        self._literal += chunk.literal
        torn = zip(numbers[~chunk.fits].tolist(), chunk.reasons, strict=True)
        rejected = [Rejected(row, "", "", reason) for row, reason in torn if row > 0]
        sheet = Sheet(frame, numbers[chunk.fits], tuple(rejected))
        if first < 1:
            sheet = _keep(sheet, sheet.row > 0)
        return self._without_undecoded(self._without_repeats(sheet))

    def _without_repeats(self, sheet: Sheet) -> Sheet:
        """Set aside rows that are the header again."""
        names = self.layout.heading.names
        if not self.layout.heading.named or not (repeats := sheet.frame[names[0]] == names[0]).any():
            return sheet
        for name in names[1:]:
            repeats = repeats & (sheet.frame[name] == name)
        self._repeats += int(repeats.sum() or 0)
        return _aside(sheet, repeats, "the header stands here again")

    def _without_undecoded(self, sheet: Sheet) -> Sheet:
        if not self.layout.encoding.suspect or not sheet.frame.height:
            return sheet
        bad = reduce(or_, (cells.str.contains(REPLACEMENT, literal=True) for cells in sheet.frame))
        return _aside(sheet, bad, f"a byte that is not {self.layout.encoding.name}") if bad.any() else sheet

    def choices(self) -> Iterator[Choice]:
        if self._repeats:
            reason = f"{self._repeats:,} rows repeat the header; they were set aside"
            yield Choice("data.repeated_header", self._repeats, reason)
        if self._literal:
            reason = f"in {self._literal:,} rows a quote that does not quote a whole cell was taken as a character"
            yield Choice("data.quotes", self._literal, reason)


def parse(content: bytes, dialect: Dialect, names: tuple[str, ...]) -> pl.DataFrame:
    """Turn records that are known to fit into columns of stripped text, "" where a cell is empty."""
    if not content:
        return pl.DataFrame(schema=dict.fromkeys(names, pl.String))
    frame = pl.read_csv(
        content,
        has_header=False,
        separator=dialect.delimiter or "\x1f",
        quote_char='"' if dialect.quoting else None,
        infer_schema=False,
        new_columns=list(names),
    )
    frame = frame.select(pl.all().fill_null(""))
    return frame if _has_no_space(content) else frame.select(pl.all().str.strip_chars())


def _has_no_space(content: bytes) -> bool:
    """No cell can have white space around it: stripping takes as long as parsing, so it is worth a look."""
    return content.isascii() and not any(mark in content for mark in (b" ", b"\t", b'"', b"\x0b", b"\x0c"))


def _keep(sheet: Sheet, keep: np.ndarray) -> Sheet:
    return replace(sheet, frame=sheet.frame.filter(pl.Series(keep, dtype=pl.Boolean)), row=sheet.row[keep])


def _aside(sheet: Sheet, at: pl.Series, reason: str) -> Sheet:
    gone = at.to_numpy()
    more = tuple(Rejected(row, "", "", reason) for row in sheet.row[gone].tolist())
    return replace(_keep(sheet, ~gone), rejected=sheet.rejected + more)


def _refuse_no_rows(name: str, typed: Typed, total: int) -> None:
    if not total:
        raise SourceError(f"{name}: expected rows below the header, got a header and nothing else")
    if not typed.frame.height:
        raise SourceError(
            f"{name}: none of {total:,} rows can be read (the first: {where_and_why(typed.rejected[0])}); "
            "mend the file, or check --set data.delimiter"
        )
