"""Delimited text: every row is used or set aside, and what was found out is said."""

import gzip
import os
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from netwright.core.errors import NetwrightError, SourceError
from netwright.data import ReadOptions, Table, read_table

LENIENT = ReadOptions(max_rejected=1.0)


def write(folder: Path, content: str | bytes, name: str = "t.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def read(folder: Path, content: str | bytes, options: ReadOptions = LENIENT) -> Table:
    table = read_table(write(folder, content), options)
    assert table.total == table.frame.height + len({fault.row for fault in table.rejected})
    assert len(table.row) == table.frame.height
    return table


NUMBERS = {"a": [1, 2, 3], "b": [1.5, 2.5, 3.5]}
READS = {
    "commas": ("a,b\n1,1.5\n2,2.5\n3,3.5\n", NUMBERS),
    "no last line end": ("a,b\n1,1.5\n2,2.5\n3,3.5", NUMBERS),
    "semicolons": ("a;b\n1;1.5\n2;2.5\n3;3.5\n", NUMBERS),
    "decimal comma": ("a;b\n1;1,5\n2;2,5\n3;3,5\n", NUMBERS),
    "decimal comma, no header": ("1;1,5\n2;2,5\n3;3,5\n", {"column_1": [1, 2, 3], "column_2": [1.5, 2.5, 3.5]}),
    "tabs": ("a\tb\n1\t1.5\n2\t2.5\n3\t3.5\n", NUMBERS),
    "bars": ("a|b\n1|1.5\n2|2.5\n3|3.5\n", NUMBERS),
    "runs of spaces": ("  a    b\n  1  1.5\n 2   2.5\n3 3.5\n", NUMBERS),
    "spaces around": ("a, b\n1, 1.5\n2 ,2.5\n 3, 3.5 \n", NUMBERS),
    "windows line ends": ("a,b\r\n1,1.5\r\n2,2.5\r\n3,3.5\r\n", NUMBERS),
    "old mac line ends": ("a,b\r1,1.5\r2,2.5\r3,3.5\r", NUMBERS),
    "mixed line ends": ("a,b\r\n1,1.5\n2,2.5\r3,3.5\n", NUMBERS),
    "blank lines": ("\na,b\n\n1,1.5\n   \n2,2.5\n\n\n3,3.5\n\n", NUMBERS),
    "quoted": ('"a","b"\n"1","1.5"\n"2","2.5"\n"3","3.5"\n', NUMBERS),
    "comments above": ("# made by hand\n#\na,b\n1,1.5\n2,2.5\n3,3.5\n", NUMBERS),
    "a title above": ("My numbers\na,b\n1,1.5\n2,2.5\n3,3.5\n", NUMBERS),
    "bom": (b"\xef\xbb\xbfa,b\n1,1.5\n2,2.5\n3,3.5\n", NUMBERS),
    "utf-16": ("a,b\n1,1.5\n2,2.5\n3,3.5\n".encode("utf-16"), NUMBERS),
    "utf-16 without bom": ("a,b\n1,1.5\n2,2.5\n3,3.5\n".encode("utf-16-be"), NUMBERS),
    "latin-1": (
        "a,b\nälter,1\njünger,2\nälter,3\n".encode("latin-1"),
        {"a": ["älter", "jünger", "älter"], "b": [1, 2, 3]},
    ),
    "thousands": ('a,b\n"1,234",1\n"12,345,678",2\n', {"a": [1234, 12345678], "b": [1, 2]}),
    "quoted delimiter, quote and line end": (
        'a,b\n"x, y",1\n"say ""hi""",2\n"two\nlines",3\n',
        {"a": ["x, y", 'say "hi"', "two\nlines"], "b": [1, 2, 3]},
    ),
    "quote inside a cell": ('a,b\n5" pipe,1\n6" pipe,2\n', {"a": ['5" pipe', '6" pipe'], "b": [1, 2]}),
    "space before a quote": ('a,b\n"p, q", 1\nx, "2"\n', {"a": ["p, q", "x"], "b": [1, 2]}),
    "codes": ("a,b\n007,1\n010,2\n", {"a": ["007", "010"], "b": [1, 2]}),
    "big integers": ("a,b\n9223372036854775808,1\n5,2\n", {"a": [9223372036854775808.0, 5.0], "b": [1, 2]}),
    "missing": ("a,b,c\n1,x,?\nNA,-,?\n3,y,\n", {"a": [1, None, 3], "b": ["x", None, "y"], "c": [None] * 3}),
    "one column": ("a\n1\n2\n", {"a": [1, 2]}),
    "row names without a name": ("a,b\nr1,1,2\nr2,3,4\n", {"column_1": ["r1", "r2"], "a": [1, 3], "b": [2, 4]}),
    "rows end in a delimiter": ("a,b\n1,2,\n3,4,\n", {"a": [1, 3], "b": [2, 4], "column_3": [None, None]}),
    "blank cells of one column": ("\na\n1\n\n  \n3\n\n\n", {"a": [1, None, None, 3]}),
    "blank cells of one column, no header": ("1\n\n3\n", {"column_1": [1, None, 3]}),
    "blank cells beside stray quotes": ('a\nx\n\n5" y\n""\n"p\n\nq"\n', {"a": ["x", None, '5" y', None, "p\n\nq"]}),
    "blank names": (",x,\n1,2,3\n", {"column_1": [1], "x": [2], "column_3": [3]}),
}


@pytest.mark.parametrize("name", READS)
def test_text_is_read_as_a_person_would_read_it(name, tmp_path):
    content, expected = READS[name]
    table = read(tmp_path, content)
    assert table.frame.to_dict(as_series=False) == expected
    assert table.rejected == ()


SET_ASIDE = {
    "ragged": ("a,b\n1,2\n3\n4,5\n6,7,8\n", [(2, "", "expected 2 fields, got 1"), (4, "", "expected 2 fields, got 3")]),
    "header again": ("a,b\n1,2\na,b\n3,4\n", [(2, "", "the header stands here again")]),
    "unclosed quote": ('a,b,c\n1,"x,1\n2,"y",2\n3,z,3\n', []),
    "unclosed quote that cannot be read": ('a,b,c\n1,"x\n2,"y",2\n3,z,3\n', [(1, "", "a quote is never closed")]),
    "unclosed quote at the end": ('a,b\n1,2\n3,"x\n', [(2, "", "never closed")]),
    "unclosed quote at the end of quoted rows": ('a,b\n1,"x"\n2,"y"\n3,"x', [(3, "", "never closed")]),
    "unclosed quote at the end of one column": ('a\nx\ny\n"x', [(3, "", "never closed")]),
    "bad utf-8": (
        "a,b\n" + "".join(f"é{i},{i}\n" for i in range(20)) + "x\udcff,5\n",
        [(21, "", "a byte that is not utf-8")],
    ),
    "infinity": ("a\n" + "1.5\n" * 98 + "inf\n1e400\n", [(99, "a", "finite"), (100, "a", "finite")]),
    "a word among numbers": ("a\n" + "1.5\n" * 98 + "word\nother\n", [(99, "a", "number"), (100, "a", "number")]),
}


@pytest.mark.parametrize("name", SET_ASIDE)
def test_rows_that_cannot_be_read_are_set_aside_with_the_reason(name, tmp_path):
    content, expected = SET_ASIDE[name]
    table = read(tmp_path, content.encode("utf-8", "surrogateescape"))
    assert [(fault.row, fault.column) for fault in table.rejected] == [(row, column) for row, column, _ in expected]
    for fault, (_, _, reason) in zip(table.rejected, expected, strict=True):
        assert reason in fault.reason


def test_one_repeated_word_among_numbers_is_taken_as_missing_and_said(tmp_path):
    table = read(tmp_path, "a\n" + "1.5\n" * 200 + "n/k\n" * 3)
    assert table.frame["a"].null_count() == 3
    assert table.missing == {"a": {"n/k": 3}}
    assert any(choice.name == "data.missing" and choice.value == "n/k" for choice in table.choices)


def test_a_number_can_stand_for_missing(tmp_path):
    table = read(tmp_path, "a,b\n1,x\n-999,y\n3,-999\n", ReadOptions(missing=("-999",)))
    assert table.frame.to_dict(as_series=False) == {"a": [1, None, 3], "b": ["x", "y", None]}


FAILS = {
    "empty": ("", "empty file"),
    "blank lines only": ("\n\n \n", "blank lines"),
    "header only": ("a,b\n", "header and nothing else"),
    "binary": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4, "binary"),
    "zero byte": (b"a,b\n1,2\n" * 900 + b"3,\x004\n", "offset 7202"),
    "all ragged": ("a,b,c\n1,2\n3,4\n", "none of 2 rows"),
    "duplicate names": ("a,b,a\n1,2,3\n", "'a' more than once"),
    "too many ragged": ("a,b\n1,2\n3\n4\n5,6\n", "data.max_rejected=0.5"),
}


@pytest.mark.parametrize("name", FAILS)
def test_what_cannot_be_read_stops_with_one_sentence(name, tmp_path):
    content, clue = FAILS[name]
    path = write(tmp_path, content)
    with pytest.raises(SourceError, match=clue.replace(".", r"\.")) as error:
        read_table(path)
    assert "t.csv" in str(error.value)
    assert "\n" not in str(error.value)


def test_a_wrong_name_offers_the_nearest(tmp_path):
    write(tmp_path, "a\n1\n", "prices.csv")
    with pytest.raises(SourceError, match=r"prices\.csv"):
        read_table(tmp_path / "price.csv")
    with pytest.raises(SourceError, match="folder"):
        read_table(tmp_path)


COUNTED = {
    "pandas columns and a class": ("0,1,2,y\n" + "1.5,2.5,0.5,p\n2.5,0.5,1.5,q\n" * 5, ["0", "1", "2", "y"]),
    "from one": ("1,2,y\n" + "1.5,2.5,p\n2.5,0.5,q\n" * 5, ["1", "2", "y"]),
    "with an index": (",0,1,y\n" + "".join(f"{i},{i}.5,2.5,{'pq'[i % 2]}\n" for i in range(9)), None),
    "numbers only": ("0,1,2\n1.5,2.5,0.5\n2.5,0.5,1.5\n", ["0", "1", "2"]),
    "many whole numbers": ("0,1,2,3,4\n255,0,7,9,1\n0,16,8,9,4\n", ["0", "1", "2", "3", "4"]),
    "the first of rows that count": ("0,1,2,3,4\n5,6,7,8,9\n10,11,12,13,14\n", []),
    "a rank in every row": (
        "0,1,2,3,4\n4,1,0,3,2\n2,1,3,0,4\n0,4,2,3,1\n1,2,3,4,0\n3,0,4,2,1\n0,1,2,4,3\n4,3,1,0,2\n",
        [],
    ),
    "a class among classes": ("0,1,p\n5.5,2.5,p\n1.5,7.5,q\n", []),
    "two bits": ("0,1\n1,0\n1,1\n0,0\n", []),
}


@pytest.mark.parametrize("name", COUNTED)
def test_a_first_line_that_counts_its_columns_names_them_unless_it_may_be_a_row(name, tmp_path):
    content, names = COUNTED[name]
    table = read(tmp_path, content)
    assert table.chosen("data.header") is (names != [])
    assert not names or table.frame.columns == names
    reason = next(choice.reason for choice in table.choices if choice.name == "data.header")
    assert f"--set data.header={'false' if names != [] else 'true'}" in reason


def test_a_pipe_is_read_as_a_file_is(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    writer = threading.Thread(target=(tmp_path / "pipe").write_text, args=["a,b\n1,2\n3,4\n"])
    writer.start()
    table = read_table(tmp_path / "pipe")
    writer.join()
    assert table.frame.to_dict(as_series=False) == {"a": [1, 3], "b": [2, 4]}
    with pytest.raises(SourceError, match="got a device"):
        read_table("/dev/zero")


READ_STDIN = "from netwright.data import read_table as r; print([r(s).frame.rows() for s in %r])"


@pytest.mark.parametrize("names", [["-", "-"], ["/dev/stdin", "/dev/stdin"]])
def test_standard_input_is_read_once_and_kept(names):
    command = [sys.executable, "-c", READ_STDIN % names]
    done = subprocess.run(command, input="a,b\n1,2\n", capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[[(1, 2)], [(1, 2)]]"


def test_overrides_win(tmp_path):
    path = write(tmp_path, "a;1\nb;2\n")
    table = read_table(path, ReadOptions(header=True, delimiter=";"))
    assert table.frame.to_dict(as_series=False) == {"a": ["b"], "1": [2]}
    assert {choice.reason for choice in table.choices if choice.name in ("data.header", "data.delimiter")} == {
        "asked for"
    }


@pytest.mark.parametrize(
    ("content", "names"),
    [
        ("1,x,p\n2,y,q\n", ("a", "b", "t")),
        ("1,x\n2,y\n", ("a", "b")),
        ("t,b,a\np,x,1\n", ("t", "b", "a")),
    ],
)
def test_expected_names_are_given_by_position_unless_the_file_has_them(content, names, tmp_path):
    table = read(tmp_path, content, ReadOptions(columns=("a", "b", "t")))
    assert tuple(table.frame.columns) == names


def test_gz_and_zip(tmp_path):
    content = b"a,b\n1,2\n"
    (tmp_path / "t.csv.gz").write_bytes(gzip.compress(content))
    assert read_table(tmp_path / "t.csv.gz").frame.shape == (1, 2)
    with zipfile.ZipFile(tmp_path / "two.zip", "w") as archive:
        archive.writestr("folder/one.csv", content)
        archive.writestr("two.csv", content)
    assert read_table(f"{tmp_path}/two.zip::folder/one.csv").frame.shape == (1, 2)
    with pytest.raises(SourceError, match="one table in the archive, got 2"):
        read_table(tmp_path / "two.zip")
    with pytest.raises(SourceError, match=r"folder/one\.csv"):
        read_table(f"{tmp_path}/two.zip::folder/onne.csv")
    (tmp_path / "cut.csv.gz").write_bytes(gzip.compress(content * 1000)[:60])
    with pytest.raises(SourceError, match=r"cut\.csv\.gz"):
        read_table(tmp_path / "cut.csv.gz")


def test_the_fingerprint_follows_the_content(tmp_path):
    one = read_table(write(tmp_path, "a\n1\n", "1.csv"))
    other = read_table(write(tmp_path, "a\n1\n", "2.csv"))
    third = read_table(write(tmp_path, "a\n2\n", "3.csv"))
    assert one.fingerprint == other.fingerprint != third.fingerprint


def test_columns_of_many_repeated_values_are_dictionaries(tmp_path):
    table = read(tmp_path, "a,b\n" + "".join(f"x{i % 3},y{i}\n" for i in range(30)))
    assert table.frame.dtypes == [pl.Categorical, pl.String]


def test_a_cell_of_three_megabytes(tmp_path):
    long = "x y\n" * 750_000
    table = read(tmp_path, f'a,b\n1,"{long}"\n2,"y"\n')
    assert table.frame["b"].to_list() == [long.strip(), "y"]


@pytest.mark.slow
def test_twenty_thousand_columns(tmp_path):
    header = ",".join(f"c{i}" for i in range(20_000))
    table = read(tmp_path, f"{header}\n" + (",".join(["1"] * 20_000) + "\n") * 2)
    assert table.frame.shape == (2, 20_000)


CELL = st.text(st.sampled_from(list("ab1.,;\"'\n\t |#?-é\x00\r")), max_size=6) | st.sampled_from(
    ["1", "2.5", "x", "", "NA", "inf"]
)
LINE = st.lists(CELL, max_size=5).map(",".join)
ENDS = st.sampled_from(["\n", "\r\n", "\r"])


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(LINE, max_size=12), end=ENDS, encoding=st.sampled_from(["utf-8", "latin-1", "utf-16"]))
def test_no_row_is_ever_lost(lines, end, encoding, tmp_path):
    try:
        read(tmp_path, end.join(lines).encode(encoding))
    except NetwrightError as error:
        assert str(error)  # noqa: PT017 - either outcome is right


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(content, tmp_path):
    try:
        read(tmp_path, content)
    except NetwrightError as error:
        assert str(error)  # noqa: PT017 - either outcome is right
