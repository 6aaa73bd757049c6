"""Input that is odd but can be read: it is, the command says how, and every row is accounted for. A case is one row."""

import json
import re

import pytest

from tests.conftest import QUICK, flowers_csv

GOOD = flowers_csv(90)
GERMAN = GOOD.replace(",", ";").replace(".", ",").replace("green", "grün")
ONE_VALUE = re.sub(r"$", ",7", GOOD, flags=re.M).encode().rsplit(b"\n", 1)[0]
WIDE_INTEGERS = re.sub(r"^(\d+)\.", lambda match: match[1] + "0" * 20 + ".", GOOD, flags=re.M)

# name, file name, content, more arguments, rows (in, rejected), words on the terminal
CASES: list[tuple[str, str, bytes, list[str], tuple[int, int], list[str]]] = [
    ("UTF-16", "t.csv", GERMAN.encode("utf-16"), [], (90, 0), ["utf-16"]),
    ("Latin-1", "t.csv", GERMAN.encode("latin-1"), [], (90, 0), ["cp1252"]),
    ("UTF-8 with a mark", "t.csv", GERMAN.encode("utf-8-sig"), [], (90, 0), ["utf-8"]),
    ("lines of Windows", "t.csv", GOOD.replace("\n", "\r\n").encode(), [], (90, 0), []),
    ("lines of an old Macintosh", "t.csv", GOOD.replace("\n", "\r").encode(), [], (90, 0), []),
    ("decimal commas", "t.csv", GERMAN.encode(), [], (90, 0), ["data.decimal"]),
    ("no header", "t.csv", GOOD.split("\n", 1)[1].encode(), ["--target", "-1"], (90, 0), ["column_1"]),
    ("spaces after commas", "t.csv", GOOD.replace(",", ", ").encode(), [], (90, 0), []),
    ("blank lines between", "t.csv", GOOD.replace("\n", "\n\n").encode(), [], (90, 0), []),
    ("some ragged rows", "t.csv", GOOD.encode() + b"1,2\n1,2,3,4,5,6\n", [], (92, 2), ["rejected.csv"]),
    ("a few infinities", "t.csv", GOOD.encode() + b"inf,1,red,rose\n1e999,1,red,rose\n", [], (92, 2), ["rejected.csv"]),
    ("rows without a target", "t.csv", GOOD.encode() + b"1,1,red,\n1,1,red,?\n", [], (92, 2), ["rejected.csv"]),
    ("a word among numbers", "t.csv", GOOD.encode() + b"wide,1,red,rose\n", [], (91, 1), ["rejected.csv"]),
    ("the header again", "t.csv", GOOD.encode() + b"width,height,colour,kind\n", [], (91, 1), ["rejected.csv"]),
    ("integers beyond 64 bits", "t.csv", WIDE_INTEGERS.encode(), [], (90, 0), []),
    ("tabs", "t.tsv", GOOD.replace(",", "\t").encode(), [], (90, 0), ["tab"]),
    ("bars", "t.txt", GOOD.replace(",", "|").encode(), [], (90, 0), []),
    ("an unquoted quote", "t.csv", GOOD.replace("red", 'r"ed').encode(), [], (90, 0), []),
    ("a column of one value", "t.csv", ONE_VALUE, [], (90, 0), ["one value"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("file", "content", "more", "rows", "words"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_odd_input_is_read_and_accounted_for(netwright, tmp_path, file, content, more, rows, words):
    (tmp_path / file).write_bytes(content)
    arguments = ["fit", tmp_path / file, "--target", "kind", "--runs", tmp_path / "runs", *QUICK, *more]
    shown = netwright(*arguments)
    assert shown.code == 0, shown.err
    assert all(word in shown.out for word in words), (words, shown.out)
    answer = json.loads(netwright(*arguments, "--json").out)
    assert answer["rows"] == {"in": rows[0], "used": rows[0] - rows[1], "rejected": rows[1]}
