"""Packed text, JSON, Parquet and Arrow: cut short, nested, of types that a table has not, or of another format."""

import gzip
import io
import json
import zipfile
import zlib
from datetime import date, time, timedelta
from decimal import Decimal

import numpy as np
import polars as pl

from malformed.case import ROWS, Case, fit, flowers, read, refuse, text

PLAIN = text(flowers())
RECORDS = [dict(zip(("width", "height", "colour", "kind"), line.split(","), strict=True)) for line in flowers()]
for record in RECORDS:
    record |= {"width": float(record["width"]), "height": float(record["height"])}
FRAME = pl.DataFrame(RECORDS)


def _zip(method: int = zipfile.ZIP_DEFLATED, **members: str | bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("_", ".").replace("--", "/"), content)
    return buffer.getvalue()


def _parquet(**columns: object) -> bytes:
    return _write(FRAME.with_columns(*[pl.Series(name, cells) for name, cells in columns.items()]))


def _write(frame: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.write_parquet(buffer)
    return buffer.getvalue()


def _arrow(frame: pl.DataFrame = FRAME) -> bytes:
    buffer = io.BytesIO()
    frame.write_ipc(buffer)
    return buffer.getvalue()


def _lines(records: list | None = None) -> str:
    return "".join(json.dumps(record) + "\n" for record in (RECORDS if records is None else records))


def _with_line(line: str, at: int = 6) -> str:
    lines = _lines().splitlines(keepends=True)
    return "".join([*lines[:at], line + "\n", *lines[at:]])


def _typed(name: str, cells: object, aside: int = 0) -> Case:
    return read(f"Parquet: {name}", _parquet(odd=cells), aside=aside, file="t.parquet")


def _damaged(ending: str, content: bytes) -> list[Case]:
    """The same ways to spoil a file of any format."""
    middle = len(content) // 2
    flipped = bytearray(content)
    flipped[middle : middle + 40] = bytes(byte ^ 0xFF for byte in flipped[middle : middle + 40])
    ways = {
        "cut in half": content[:middle],
        "without its last byte": content[:-1],
        "with forty bytes spoilt": bytes(flipped),
        "with nothing but its first bytes": content[:8],
        "empty": b"",
    }
    return [refuse(f"{ending}: {way}", spoilt, f"t.{ending}", file=f"t.{ending}") for way, spoilt in ways.items()]


PACKED = [
    read("gzip: whole", gzip.compress(PLAIN.encode()), file="t.csv.gz"),
    read(
        "gzip: two after one another",
        gzip.compress(PLAIN.encode()) + gzip.compress(text(flowers(), None).encode()),
        2 * ROWS,
        file="t.csv.gz",
    ),
    read("gzip: called csv", gzip.compress(PLAIN.encode())),
    refuse("gzip: rubbish behind it", gzip.compress(PLAIN.encode()) + b"rubbish", "t.csv.gz", file="t.csv.gz"),
    refuse("gzip: plain text called gz", PLAIN, "t.csv.gz", file="t.csv.gz"),
    refuse("gzip: of nothing", gzip.compress(b""), "t.csv.gz", file="t.csv.gz"),
    refuse("gzip: a zlib stream", zlib.compress(PLAIN.encode()), "t.csv.gz", file="t.csv.gz"),
    *_damaged("csv.gz", gzip.compress(PLAIN.encode())),
    read("zip: whole", _zip(a_csv=PLAIN), file="t.zip"),
    read("zip: called csv", _zip(a_csv=PLAIN)),
    read("zip: beside a text that is no table", _zip(a_csv=PLAIN, readme_md="x"), file="t.zip"),
    refuse("zip: a gzip inside", _zip(a_csv=gzip.compress(PLAIN.encode())), "t.zip", "binary", file="t.zip"),
    refuse("zip: two tables", _zip(a_csv=PLAIN, b_csv=PLAIN), "a.csv", "b.csv", file="t.zip"),
    refuse("zip: no table", _zip(readme_md="x"), "t.zip", file="t.zip"),
    refuse("zip: an empty table", _zip(a_csv=""), "t.zip", file="t.zip"),
    refuse("zip: packed by a rare method", _zip(zipfile.ZIP_LZMA, a_csv=PLAIN), "t.zip", file="t.zip"),
    refuse("zip: a spreadsheet", _zip(a_xml=PLAIN), "t.xlsx", file="t.xlsx"),
    *_damaged("zip", _zip(a_csv=PLAIN)),
]

OBJECTS = [
    read("JSON lines: whole", _lines(), file="t.jsonl"),
    read("JSON lines: blank lines between", _lines().replace("\n", "\n\n"), file="t.jsonl"),
    read("JSON lines: with a mark", b"\xef\xbb\xbf" + _lines().encode(), file="t.jsonl"),
    read("JSON lines: lines of Windows", _lines().replace("\n", "\r\n"), file="t.jsonl"),
    read(
        "JSON lines: keys in any order",
        _lines([dict(sorted(r.items(), reverse=i % 2 > 0)) for i, r in enumerate(RECORDS)]),
        file="t.jsonl",
    ),
    read("JSON lines: keys that are missing", _lines([*RECORDS, {"kind": "rose"}]), ROWS + 1, file="t.jsonl"),
    read("JSON lines: a key more in one line", _lines([*RECORDS, RECORDS[0] | {"new": 1}]), ROWS + 1, file="t.jsonl"),
    read("JSON lines: line 7 is none", _with_line("{oops"), ROWS + 1, 1, file="t.jsonl"),
    read("JSON lines: line 7 is a list", _with_line("[1, 2]"), ROWS + 1, 1, file="t.jsonl"),
    read("JSON lines: the last line is cut short", _lines() + '{"width": 1, "hei', ROWS + 1, 1, file="t.jsonl"),
    read("JSON lines: an empty object", _with_line("{}"), ROWS + 1, 1, file="t.jsonl"),
    read(
        "JSON lines: a key twice in a line",
        _with_line('{"width": 1, "width": 2, "height": 3, "colour": "red", "kind": "rose"}'),
        ROWS + 1,
        file="t.jsonl",
    ),
    read(
        "JSON lines: NaN and Infinity",
        _with_line('{"width": NaN, "height": Infinity, "colour": "red", "kind": "rose"}'),
        ROWS + 1,
        1,
        file="t.jsonl",
    ),
    read(
        "JSON lines: a number beyond any float",
        _with_line('{"width": 1e400, "height": 1, "colour": "red", "kind": "rose"}'),
        ROWS + 1,
        1,
        file="t.jsonl",
    ),
    read(
        "JSON lines: a whole number beyond 64 bits",
        _with_line(f'{{"width": {"9" * 30}, "height": 1, "colour": "red", "kind": "rose"}}'),
        ROWS + 1,
        None,
        file="t.jsonl",
    ),
    read(
        "JSON lines: lone surrogates",
        _with_line('{"width": 1, "height": 1, "colour": "\\ud800", "kind": "rose"}'),
        ROWS + 1,
        1,
        file="t.jsonl",
    ),
    refuse(
        "JSON lines: a name that is a lone surrogate",
        _lines([r | {"\ud800": 1} for r in RECORDS]),
        "t.jsonl",
        "line 1",
        file="t.jsonl",
    ),
    read("JSON lines: a nested value", _lines([r | {"deep": {"a": [1, {"b": 2}]}} for r in RECORDS]), file="t.jsonl"),
    read(
        "JSON lines: values of several types",
        _lines([r | {"odd": (1, "x", True, None, 2.5)[i % 5]} for i, r in enumerate(RECORDS)]),
        aside=None,
        file="t.jsonl",
    ),
    read(
        "JSON lines: names with white space and zero bytes",
        _lines([r | {" a\0b ": i % 3} for i, r in enumerate(RECORDS)]),
        file="t.jsonl",
    ),
    read(
        "JSON lines: a zero byte in a value",
        _with_line('{"width": 1, "height": 1, "colour": "r\\u0000d", "kind": "rose"}'),
        ROWS + 1,
        file="t.jsonl",
    ),
    read("JSON lines: a blank name", _lines([r | {"": i % 3} for i, r in enumerate(RECORDS)]), file="t.jsonl"),
    refuse("JSON lines: invalid UTF-8", _lines().encode().replace(b"red", b"r\xffd"), "t.jsonl", file="t.jsonl"),
    refuse("JSON lines: UTF-16", _lines().encode("utf-16"), "t.jsonl", file="t.jsonl"),
    refuse("JSON lines: nothing but blank lines", "\n\n", "t.jsonl", file="t.jsonl"),
    refuse("JSON lines: objects without keys", "{}\n" * 60, "t.jsonl", file="t.jsonl"),
    refuse("JSON lines: CSV called jsonl", PLAIN, "t.jsonl", "line 1", file="t.jsonl"),
    refuse("JSON lines: a third are none", _lines() + "{oops\n" * 30, "t.jsonl", "line", file="t.jsonl"),
    read("JSON lines: a line of 40 MB", _with_line('{"width": "' + "x" * 40_000_000), ROWS + 1, 1, file="t.jsonl"),
    refuse(
        "JSON lines: all values nested",
        "".join(f'{{"a": [{i}], "kind": {{"b": 1}}}}\n' for i in range(60)),
        "t.jsonl",
        file="t.jsonl",
    ),
    read("JSON: a list of objects", json.dumps(RECORDS), file="t.json"),
    read("JSON: objects, one a line", _lines(), file="t.json"),
    refuse("JSON: an object of columns", json.dumps(FRAME.to_dict(as_series=False)), "t.json", file="t.json"),
    refuse("JSON: a list of lists", json.dumps([[1, 2], [3, 4]]), "t.json", file="t.json"),
    refuse("JSON: a list that is not closed", json.dumps(RECORDS)[:-1], "t.json", file="t.json"),
    refuse("JSON: an empty list", "[]", "t.json", file="t.json"),
    refuse("JSON: a number", "7", "t.json", file="t.json"),
    refuse("JSON: invalid UTF-8", json.dumps(RECORDS).encode().replace(b"red", b"r\xffd"), "t.json", file="t.json"),
    read("JSON: UTF-16", json.dumps(RECORDS).encode("utf-16"), file="t.json"),
]

SOME = FRAME.drop("colour")


def _two_parts(name: str, part: bytes, *words: str) -> Case:
    """Parts of one table: the second, to test on, is not of the form of the first."""
    command = fit("kind", "--test", "part-2.parquet")
    beside = {"part-2.parquet": part}
    return refuse(
        f"Parquet: {name}", _parquet(), "part-2.parquet", *words, file="t.parquet", command=command, beside=beside
    )


COLUMNS = [
    read("Parquet: whole", _parquet(), file="t.parquet"),
    read("Parquet: called csv", _parquet()),
    *_damaged("parquet", _parquet()),
    _typed("decimals", [Decimal(f"{i * 7 % 13}.25") for i in range(ROWS)]),
    _typed("nested lists", [[i, i + 1] for i in range(ROWS)]),
    _typed("nested objects", [{"a": i} for i in range(ROWS)]),
    _typed("bytes", [bytes([i]) for i in range(ROWS)]),
    _typed("dates", [date(2024, 1, 1) + timedelta(i * 7 % 50) for i in range(ROWS)]),
    _typed("times", [time(i % 24, i) for i in range(ROWS)]),
    _typed("lengths of time", [timedelta(seconds=i * 7 % 50) for i in range(ROWS)]),
    _typed("nulls only", [None] * ROWS),
    _typed(
        "whole numbers without a sign, above 2^63",
        pl.Series([2**63 + i * 7 % 13 for i in range(ROWS)], dtype=pl.UInt64),
    ),
    _typed("infinities and NaN", [float("inf"), float("nan"), *map(float, range(ROWS - 2))], 1),
    _typed("categories", pl.Series(["a", "b", None] * 20, dtype=pl.Categorical)),
    _typed("an enumeration", pl.Series(["a", "b", None] * 20, dtype=pl.Enum(["a", "b", "c"]))),
    _typed("small floats", pl.Series(np.arange(ROWS, dtype=np.float32) * 7 % 13)),
    _typed("text with zero bytes", ["a\0b", "c", ""] * 20),
    _typed("times in nanoseconds with a zone", pl.Series(range(ROWS)).cast(pl.Datetime("ns", "Asia/Tokyo"))),
    refuse("Parquet: no rows", _write(FRAME.head(0)), "t.parquet", "rows", file="t.parquet"),
    refuse("Parquet: two marks and nothing between", b"PAR1PAR1", "t.parquet", file="t.parquet"),
    _two_parts("a part that lacks a column", _write(SOME), "'colour'"),
    _two_parts("a part that is cut short", _parquet()[:-30]),
    _two_parts(
        "a part whose target is of another type", _write(FRAME.with_columns(kind=pl.Series(range(ROWS)))), "'kind'"
    ),
    _two_parts("a part without rows", _write(FRAME.head(0))),
    read("Arrow: whole", _arrow(), file="t.arrow"),
    read("Arrow: nested", _arrow(FRAME.with_columns(odd=pl.Series([[i] for i in range(ROWS)]))), file="t.arrow"),
    refuse("Arrow: no rows", _arrow(FRAME.head(0)), "t.arrow", "rows", file="t.arrow"),
    *_damaged("arrow", _arrow()),
]
CASES = [*PACKED, *OBJECTS, *COLUMNS]
