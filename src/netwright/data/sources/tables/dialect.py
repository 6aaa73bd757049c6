r"""Which delimiter, and whether quotes quote: found by how consistently each splits a sample of the file.

Rule: for each of tab ; | , count the fields of every record; the share of records with the most frequent count (at
least two fields) is its consistency. Among those within 0.02 of the best, the one whose cells are numbers most often
wins ("1,5;2,5" is two numbers, not three cells), then the one with more fields. Runs of spaces are tried last.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from netwright.core.errors import SourceError
from netwright.core.values import Choice
from netwright.data.sources.tables.numbers import find_style, is_number
from netwright.data.sources.tables.quotes import grammar, split
from netwright.data.sources.tables.structure import Dialect, Layout, measure

CANDIDATES = (",", ";", "\t", "|")
SPACES = " "  # stands for runs of spaces; squeezed to one tab before the text is cut
LEAST_CONSISTENCY = 0.5
MOST_RECORDS = 1000  # of the sample
MOST_COLUMNS = 100_000
NAMES = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a bar", SPACES: "runs of spaces", "": "none"}


@dataclass(frozen=True)
class Trial:
    """What one delimiter makes of the sample."""

    delimiter: str
    rows: list[list[str]]  # cells of each record
    width: int  # the most frequent number of fields
    consistency: float  # share of records with that number
    numbers: float  # share of cells that are numbers


@dataclass(frozen=True)
class Sniffed:
    """The delimiter, the sample's cells and the reasons."""

    trial: Trial
    quoting: bool
    choices: tuple[Choice, ...]


def sniff(name: str, sample: bytes, asked: str | None) -> Sniffed:
    """Find the delimiter of a sample of UTF-8 text that ends with a whole line.

    Raises:
        SourceError: the delimiter asked for is not one ASCII character, or the sample holds no record.
    """
    if asked is not None:
        _check_delimiter(name, asked)
        trial = attempt(sample, asked)
        return _sniffed(name, sample, trial, "asked for")
    _refuse_too_wide(name, sample)
    trials = [attempt(sample, delimiter) for delimiter in CANDIDATES]
    trial = _best(trials) or _spaced(sample) or _first_line_says(trials) or attempt(sample, "")
    return _sniffed(name, sample, trial, _reason(trial))


def _refuse_too_wide(name: str, sample: bytes) -> None:
    """Raise SourceError before the time goes into cells of which no table could be made."""
    lines = max(1, sample.count(b"\n"))
    widest = max(sample.count(mark.encode()) for mark in CANDIDATES) // lines + 1
    if widest > MOST_COLUMNS:
        raise SourceError(
            f"{name}: expected at most {MOST_COLUMNS:,} columns, got lines of {widest:,} cells; "
            "if rows and columns are swapped, write the table the other way round"
        )


def _check_delimiter(name: str, asked: str) -> None:
    if len(asked) > 1 or not asked.isascii() or asked in ('"', "\n", "\r"):
        raise SourceError(f"{name}: data.delimiter: expected one ASCII character such as ',' or ';', got {asked!r}")


def _sniffed(name: str, sample: bytes, trial: Trial, reason: str) -> Sniffed:
    if not trial.rows:
        raise SourceError(f"{name}: expected a table, got a file with nothing but blank lines")
    choices = [Choice("data.delimiter", trial.delimiter, reason)]
    quoting = not _quotes_are_characters(sample, trial)
    if not quoting:
        choices.append(Choice("data.quotes", "characters", "no cell is wholly quoted and quotes stand inside cells"))
    return Sniffed(trial, quoting, tuple(choices))


def _reason(trial: Trial) -> str:
    if not trial.delimiter:
        return "no character splits the lines into the same number of fields; the table has one column"
    share = f"{trial.consistency:.0%} of the first {len(trial.rows):,} records"
    return f"{NAMES[trial.delimiter]} splits {share} into {trial.width} fields"


def attempt(sample: bytes, delimiter: str) -> Trial:
    """Split the sample's first records and count."""
    text, mark = (squeeze(sample), "\t") if delimiter == SPACES else (sample, delimiter)
    rules = grammar(mark, 0)
    records = list(_records(text, measure(text, Dialect(mark, 0))))
    rows = [[_text(cell) for cell in split(record, rules)] for record in records]
    if not rows:
        return Trial(delimiter, rows, 0, 0.0, 0.0)
    counts = np.bincount([len(row) for row in rows])
    width = int(counts.argmax())
    style = find_style([cell for row in rows for cell in row], delimiter)
    flat = [is_number(cell, style) for row in rows[1:] for cell in row if cell]
    return Trial(delimiter, rows, width, float(counts.max() / len(rows)), float(np.mean(flat)) if flat else 0.0)


def _text(cell: bytes) -> str:
    return cell.decode("utf-8", "replace").strip()


def _records(text: bytes, layout: Layout) -> Iterator[bytes]:
    """Yield the sample's records; single lines where quotes are out of place, or one is never closed."""
    if layout.orderly and (layout.used == len(text) or len(layout.ends) >= MOST_RECORDS):
        pairs = zip(layout.starts[: MOST_RECORDS * 2], layout.ends, strict=False)
        found: Iterable[bytes] = (text[start:end] for start, end in pairs)
    else:
        found = text.split(b"\n")[: MOST_RECORDS * 2]
    yield from [record for record in found if record.strip()][:MOST_RECORDS]


def _best(trials: list[Trial]) -> Trial | None:
    """Best of those that split most records into the same number of fields."""
    fair = [trial for trial in trials if trial.width > 1 and trial.consistency >= LEAST_CONSISTENCY]
    top = max((trial.consistency for trial in fair), default=0.0)
    close = [trial for trial in fair if trial.consistency >= top - 0.02]
    return max(close, key=lambda trial: (trial.numbers, trial.width), default=None)


def _spaced(sample: bytes) -> Trial | None:
    trial = attempt(sample, SPACES)
    return trial if trial.width > 1 and trial.consistency >= 0.9 else None


def _first_line_says(trials: list[Trial]) -> Trial | None:
    """No delimiter is consistent, but the first line has some: a table whose rows are broken."""
    split_first = [trial for trial in trials if trial.rows and len(trial.rows[0]) > 2]
    return max(split_first, key=lambda trial: len(trial.rows[0]), default=None)


def _quotes_are_characters(sample: bytes, trial: Trial) -> bool:
    mark = "\t" if trial.delimiter == SPACES else trial.delimiter
    if b'"' not in sample or not mark or measure(sample, Dialect(mark, trial.width)).orderly:
        return False
    lines = [line for line in sample.split(b"\n")[:MOST_RECORDS] if line.strip()]
    plain = [line.split(mark.encode()) for line in lines]
    quoted = sum(len(cell) > 1 and cell.startswith(b'"') and cell.endswith(b'"') for row in plain for cell in row)
    stray = sum(b'"' in cell for row in plain for cell in row) - quoted
    stray -= plain[-1][-1].startswith(b'"') and plain[-1][-1].count(b'"') == 1  # a file that was cut short
    return all(len(row) == trial.width for row in plain) and stray > quoted


def squeeze(text: bytes) -> bytes:
    """Turn runs of spaces and tabs outside quotes into one tab, and strip lines."""
    text = re.sub(rb"(?m)^[ \t]+|[ \t]+$", b"", text)
    if b'"' not in text:
        return re.sub(rb"[ \t]+", b"\t", text)
    return re.sub(rb'("[^"\n]*")|[ \t]+', lambda match: match.group(1) or b"\t", text)


def squeezed(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Squeeze a stream, whole lines at a time."""
    held = b""
    for block in blocks:
        lines, mark, rest = (held + block).rpartition(b"\n")
        yield squeeze(lines) + mark
        held = rest
    yield squeeze(held)
