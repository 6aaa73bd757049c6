"""Files that carry their own types: Parquet, Arrow IPC (feather), JSON lines, JSON holding a list of objects."""

import io
import json
from codecs import BOM_UTF8
from collections.abc import Callable

import polars as pl

from netwright.core.errors import SourceError
from netwright.core.values import Choice, Rejected
from netwright.data.sources.tables.archives import Opened, refuse_bomb
from netwright.data.sources.tables.arrow_sizes import unpacked_size
from netwright.data.sources.tables.frames import columns_of
from netwright.data.sources.tables.normal import typed_table
from netwright.data.table import ReadOptions, Table

_MAGIC = {b"PAR1": "parquet", b"ARROW1": "arrow", b"FEA1": "feather-1"}
CELL = 8  # bytes that a cell takes in memory, about
MOST_SHOWN = 200  # bytes of a line that is set aside
Read = tuple[pl.DataFrame, tuple[Rejected, ...]]  # the rows that could be read, and those that could not
_ENDINGS = {
    ".parquet": "parquet",
    ".pq": "parquet",
    ".feather": "arrow",
    ".arrow": "arrow",
    ".ipc": "arrow",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
}


def format_of(opened: Opened) -> str | None:
    """The format that the first bytes or the name's ending tell; None for text that is delimited."""
    start = opened.start(8)
    magic = next((kind for mark, kind in _MAGIC.items() if start.startswith(mark)), None)
    return magic or _ENDINGS.get(opened.ending)


def read_columnar(opened: Opened, kind: str, options: ReadOptions) -> Table:
    """Read a file of one of the formats that `format_of` names.

    Raises:
        SourceError: the file is damaged, cut short, or is not of that format.
    """
    content = b"".join(opened.blocks())
    try:
        if kind == "arrow":
            refuse_bomb(opened.name, unpacked_size(content), len(content))
        if kind in _SCANNERS:
            _refuse_too_many_cells(opened.name, content, _SCANNERS[kind](io.BytesIO(content)))
        frame, torn = _READERS[kind](content)
    except SourceError:
        raise
    except RecursionError:
        raise SourceError(
            f"{opened.name}: expected rows of values, got a {kind} file that is nested too deeply"
        ) from None
    except (pl.exceptions.PolarsError, ValueError, OSError, TypeError, pl.exceptions.PanicException) as error:
        first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise SourceError(
            f"{opened.name}: expected a whole {kind} file, got one that cannot be read: {first}"
        ) from error
    if not frame.height or not frame.width:
        raise SourceError(f"{opened.name}: expected rows, got a {kind} file with {frame.height} rows")
    choice = Choice("data.format", kind, "told by the file's first bytes or its ending")
    return typed_table(frame, opened.name, options, (choice,), opened.fingerprint(), torn)


def _refuse_too_many_cells(name: str, content: bytes, lazy: pl.LazyFrame) -> None:
    """Ask the file how many cells it will become, before they are made: a run of one value takes no room in it."""
    rows = int(lazy.select(pl.len()).collect().item())
    refuse_bomb(name, CELL * rows * len(lazy.collect_schema()), len(content))


def _parquet(content: bytes) -> Read:
    return pl.read_parquet(io.BytesIO(content)), ()


def _arrow(content: bytes) -> Read:
    return pl.read_ipc(io.BytesIO(content)), ()


def _old_feather(_content: bytes) -> Read:
    raise ValueError("feather version 1 is not supported; write it again with a newer library")


def _json_lines(content: bytes) -> Read:
    """Lines that are no objects are set aside; ValueError where all are."""
    lines = [(number, line) for number, line in enumerate(content.split(b"\n"), start=1) if line.strip()]
    objects: list[dict[str, object]] = []
    torn: list[Rejected] = []
    for row, (number, line) in enumerate(lines, start=1):
        try:
            objects.append(_object(line.removeprefix(BOM_UTF8) if row == 1 else line))
        except ValueError as error:
            torn.append(Rejected(row, "", line[:MOST_SHOWN].decode("utf-8", "replace"), f"line {number}: {error}"))
    if torn and not objects:
        raise ValueError(torn[0].reason)
    return _from_objects(objects), tuple(torn)


def _object(line: bytes) -> dict[str, object]:
    value = json.loads(line.decode())
    if not isinstance(value, dict):
        raise ValueError(f"expected an object, got {line[:40].decode('utf-8', 'replace')!r}")
    if b"\\u" in line:  # half of a character, "\ud800", is no text
        json.dumps(value, ensure_ascii=False).encode()
    return value


def _json(content: bytes) -> Read:
    try:
        value = json.loads(content)
    except json.JSONDecodeError as error:
        if error.msg == "Extra data":  # several objects, one a line, in a file called .json
            return _json_lines(content)
        raise
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise ValueError("expected a list of objects")
    return _from_objects(value), ()


def _from_objects(objects: list[dict[str, object]]) -> pl.DataFrame:
    names = list(dict.fromkeys(name for item in objects for name in item))
    return columns_of({name: [item.get(name) for item in objects] for name in names})


_SCANNERS: dict[str, Callable[[io.BytesIO], pl.LazyFrame]] = {"parquet": pl.scan_parquet, "arrow": pl.scan_ipc}
_READERS: dict[str, Callable[[bytes], Read]] = {
    "parquet": _parquet,
    "arrow": _arrow,
    "feather-1": _old_feather,
    "jsonl": _json_lines,
    "json": _json,
}
