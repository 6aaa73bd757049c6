"""Tables: nesting, numbers and counts that are not there, names that steer the terminal, devices and pipes."""

import io
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl

from hostile.desk import Case, Desk
from hostile.harm import believes, breaks, fills
from hostile.parts import LISTS

NINES = b"9" * 300_000
ROWS = 25_000_000


def put(name: str, content: bytes) -> Callable[[Desk], object]:
    return lambda desk: (desk.inbox / name).write_bytes(content)


def show(name: str) -> tuple[str, ...]:
    return ("show", f"{{inbox}}/{name}", "--target", "y")


def parses(name: str) -> Callable[[Desk], str]:
    return lambda desk: breaks(lambda: json.loads((desk.inbox / name).read_bytes()), RecursionError)


def _long_number(desk: Desk) -> str:
    """Without Python's own limit, the time grows with the square of the digits."""
    text = (desk.inbox / "t.json").read_bytes()
    sys.set_int_max_str_digits(0)
    times = []
    for digits in (NINES[: len(NINES) // 10], NINES):
        began = time.process_time()
        json.loads(text.replace(NINES, digits))
        times.append(time.process_time() - began)
    return believes(times[1] > 20 * times[0], f"ten times the digits take {times[1] / times[0]:.0f} times as long")


def _one_value(desk: Desk) -> None:
    """25 million rows of one value take a few kB."""
    pl.DataFrame({"y": pl.repeat(1, ROWS, dtype=pl.Int8, eager=True)}).write_parquet(desk.inbox / "t.parquet")


def _lying_count(desk: Desk) -> None:
    """Say 2^31 rows where there are 50, in the footer and in the row group."""
    buffer = io.BytesIO()
    pl.DataFrame({"y": list(range(50))}).write_parquet(buffer)
    content = buffer.getvalue()
    size = int.from_bytes(content[-8:-4], "little")
    footer = content[-8 - size : -8].replace(b"\x16\x64", b"\x16" + _varint(2 << 31))
    (desk.inbox / "t.parquet").write_bytes(content[: -8 - size] + footer + len(footer).to_bytes(4, "little") + b"PAR1")


def _varint(number: int) -> bytes:
    digits = []
    while number >= 128:
        digits.append(number & 127 | 128)
        number >>= 7
    return bytes([*digits, number])


def _count_of(desk: Desk) -> int:
    return int(pl.scan_parquet(desk.inbox / "t.parquet").select(pl.len()).collect().item())


def _hole(desk: Desk) -> None:
    with (desk.inbox / "t.csv").open("wb") as file:
        file.write(b"a,y\n")
        file.truncate(1 << 40)


STEERING = "\x1b]0;owned\x07,[/bold],y\n" + "".join(f"{i},{i % 7},{'ab'[i % 2]}\n" for i in range(60))
LONG = "x" * 4096 + ".csv"

CASES = [
    Case("JSON: 100,000 lists deep", put("t.json", LISTS.encode()), show("t.json"), ("nested too deeply",),
         parses("t.json")),
    Case("JSON lines: 100,000 lists deep", put("t.jsonl", f'{{"y": {LISTS}}}\n'.encode()), show("t.jsonl"),
         ("nested too deeply",), parses("t.jsonl")),
    Case("JSON: a number of 300,000 digits", put("t.json", b'[{"a": ' + NINES + b"}]"), show("t.json"), ("digits",),
         _long_number),
    Case("Parquet: 25 million rows in a few kB", _one_value, show("t.parquet"), ("grows at most 100 times",),
         lambda desk: fills(lambda: np.ones(_count_of(desk), np.int64))),
    Case("Parquet: 2^31 rows that are not there", _lying_count, show("t.parquet"), ("grows at most 100 times",),
         lambda desk: fills(lambda: np.empty(_count_of(desk), np.int64))),
    Case("CSV: names that steer the terminal", put("t.csv", STEERING.encode()), show("t.csv"), ("rows in 60",),
         lambda desk: believes("\x1b]0;" in (desk.inbox / "t.csv").read_text(), "print() steers the terminal"), code=0),
    Case("CSV: 1 TB that are not on the disk", _hole, show("t.csv"), ("binary file",),
         lambda desk: fills((desk.inbox / "t.csv").read_bytes)),
    Case("a table that is /dev/zero", lambda _: None, ("show", "/dev/zero"), ("a device",),
         lambda desk: fills(lambda: os.read(os.open("/dev/zero", os.O_RDONLY), 1 << 30))),
    Case("a table of a name with 4,096 letters", lambda _: None, ("show", LONG), ("File name too long",),
         lambda desk: breaks(lambda: Path(LONG).stat(), OSError)),
]  # fmt: skip
