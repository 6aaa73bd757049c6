r"""Reading lines in which quotes are not where they should be, one line at a time.

Rule: a line that reads as fields, quoted or not, is a record. Else it is joined with the lines below it until the whole
reads as a record with the right number of fields (a cell with line ends in it). Else its quotes are taken as
characters, if that gives the right number of fields; but not a quote that opens the last cell of the file and is never
closed. Else the line alone is set aside, and reading goes on below it.
"""

import re
from dataclasses import dataclass

MOST_LINES = 50  # in one record, where quotes are in doubt


@dataclass(frozen=True)
class Record:
    """One record, rewritten so that each quote in it is where it should be; `reason` is empty where it fits."""

    content: bytes
    reason: str = ""
    literal: bool = False


@dataclass(frozen=True)
class Grammar:
    """The patterns of one delimiter."""

    delimiter: bytes
    width: int
    field: re.Pattern[bytes]
    record: re.Pattern[bytes]


def grammar(delimiter: str, width: int) -> Grammar:
    """Compile the patterns; atomic groups keep matching linear."""
    mark = re.escape(delimiter.encode()) if delimiter else b"\n"
    gap = rb"[ ]*" if delimiter == "\t" else rb"[ \t]*"
    quoted = gap + rb'"(?:[^"]|"")*+"' + gap + rb"(?=" + mark + rb"|\Z)"
    plain = rb"(?!" + gap + rb'")[^' + mark + rb"\n]*+"
    field = rb"(?>" + quoted + rb"|" + plain + rb")"
    record = field + rb"(?:" + mark + field + rb")*+\Z"
    return Grammar(delimiter.encode(), width, re.compile(field), re.compile(record))


def repair(text: bytes, delimiter: str, width: int, final: bool) -> tuple[list[Record], int]:
    """Read whole records from `text`.

    Returns:
        The records that are not blank, and how many bytes were used; what is left may be the start of a record
        whose end is in the next block (nothing is left where `final`).
    """
    lines = text.split(b"\n")[:-1]  # what follows the last line end is no whole line
    rules, records, used, at = grammar(delimiter, width), [], 0, 0
    while at < len(lines):
        waits = at + MOST_LINES > len(lines) and lines[at].count(b'"') % 2
        if waits and not final:
            break
        record, taken = _one(lines, at, rules)
        if record.literal and final and not any(line.strip() for line in lines[at + 1 :]):
            record = _last(record, lines[at], rules)
        if lines[at].strip():
            records.append(record)
        used += sum(len(line) + 1 for line in lines[at : at + taken])
        at += taken
    return records, used


def _one(lines: list[bytes], at: int, rules: Grammar) -> tuple[Record, int]:
    line = lines[at]
    if rules.record.match(line):
        fields = cells(line, rules)
        fits = len(fields) == rules.width or not line.strip()
        reason = "" if fits else f"expected {rules.width} fields, got {len(fields)}"
        return Record(written(fields, rules), reason), 1
    if (joined := _join(lines, at, rules)) is not None:
        return joined
    pieces = line.split(rules.delimiter) if rules.delimiter else [line]
    if len(pieces) == rules.width:
        return Record(written(pieces, rules), literal=True), 1
    return Record(line, f"a quote is never closed; expected {rules.width} fields, got {len(pieces)}"), 1


def _last(record: Record, line: bytes, rules: Grammar) -> Record:
    """The last line of all: a quote that opens its last cell and is not closed is a file that was cut short."""
    cell = (line.rpartition(rules.delimiter)[2] if rules.delimiter else line).strip(b" \t")
    if cell.startswith(b'"') and cell.count(b'"') % 2:
        return Record(line, "a quote is opened in the last line and never closed")
    return record


def _join(lines: list[bytes], at: int, rules: Grammar) -> tuple[Record, int] | None:
    joined = lines[at]
    for taken, line in enumerate(lines[at + 1 : at + MOST_LINES], start=2):
        joined += b"\n" + line
        if b'"' in line and rules.record.match(joined):
            fields = cells(joined, rules)
            return (Record(written(fields, rules)), taken) if len(fields) == rules.width else None
    return None


def split(line: bytes, rules: Grammar) -> list[bytes]:
    """Split one line as `repair` does, quotes taken as characters where they are out of place."""
    if rules.record.match(line):
        return cells(line, rules)
    return line.split(rules.delimiter) if rules.delimiter else [line]


def cells(record: bytes, rules: Grammar) -> list[bytes]:
    """Split one record that matches the grammar into cells, quotes taken off."""
    found, at = [], 0
    while at <= len(record):
        match = rules.field.match(record, at)
        assert match is not None, record
        found.append(_unquoted(match.group()))
        at = match.end() + 1
    return found


def _unquoted(field: bytes) -> bytes:
    text = field.strip(b" \t")
    return text[1:-1].replace(b'""', b'"') if len(text) > 1 and text.startswith(b'"') else text


def written(fields: list[bytes], rules: Grammar) -> bytes:
    """Join cells to a line, each quoted where it must be."""
    if fields == [b""]:
        return b'""\n'  # a line with nothing in it would be no record
    return (rules.delimiter or b"").join(_quoted(field, rules.delimiter) for field in fields) + b"\n"


def _quoted(cell: bytes, delimiter: bytes) -> bytes:
    must = b'"' in cell or b"\n" in cell or (delimiter and delimiter in cell)
    return b'"' + cell.replace(b'"', b'""') + b'"' if must else cell
