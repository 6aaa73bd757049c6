""".ts files: what they say is read, what is damaged is set aside and counted, what is none is refused."""

import gzip

import numpy as np
import polars as pl
import pytest

from netwright.core.errors import SourceError
from netwright.data import infer_schema, read_table
from netwright.data.sources.series import ts
from netwright.data.table import ReadOptions
from tests.data.sources.series import made

LENIENT = ReadOptions(max_rejected=1.0)


def values_of(table):
    return table.series.of(table.frame["series"])


def test_a_file_becomes_a_row_a_series_with_its_class(tmp_path):
    path = made.write_plain(tmp_path / "x.ts", ["1,2,3:a", "# a comment", "4,5,6:b", "", "7,8,9:a"])
    table = read_table(path)
    assert table.frame["label"].to_list() == ["a", "b", "a"]
    assert values_of(table).tolist() == [[[1, 2, 3]], [[4, 5, 6]], [[7, 8, 9]]]
    assert (table.count.total, table.count.used) == (3, 3)
    assert table.chosen("data.target") == "label"
    schema, _ = infer_schema(table)
    assert schema.column("series").kind == "series"
    assert schema.column("series").shape == (1, 3)


def test_channels_lengths_and_missing_values_are_kept(tmp_path):
    rows = ["1,?,3:4,5,NaN:a", "1,2:3,4:b", "1,2,3,4:5,6,7,8:?"]
    table = read_table(made.write_plain(tmp_path / "x.ts", rows))
    nan = np.nan
    expected = [
        [[1, nan, 3, nan], [4, 5, nan, nan]],
        [[1, 2, nan, nan], [3, 4, nan, nan]],
        [[1, 2, 3, 4], [5, 6, 7, 8]],
    ]
    assert np.array_equal(values_of(table), np.array(expected), equal_nan=True)
    assert table.frame["label"].to_list() == ["a", "b", None]
    said = {choice.name: choice for choice in table.choices}
    assert "they have 2 to 4 values" in said["data.length"].reason
    assert said["data.gaps"].value == 2


def test_a_target_makes_a_regression(tmp_path):
    table = read_table(made.write_plain(tmp_path / "x.ts", ["1,2:0.5", "3,4:-1e3", "5,6:?"], "@targetlabel true"))
    assert table.frame["label"].dtype == pl.Float64
    assert table.frame["label"].to_list() == [0.5, -1000.0, None]


def test_without_labels_every_part_of_a_line_is_a_channel(tmp_path):
    table = read_table(made.write_plain(tmp_path / "x.ts", ["1,2:3,4"], "@classLabel false"))
    assert table.frame.columns == ["series"]
    assert table.series.shape == (2, 2)


def test_equal_series_share_a_key_whatever_follows_their_end(tmp_path):
    one = read_table(made.write_plain(tmp_path / "x.ts", ["1,2:a", "1,2,3:b", "1,2,?:a", "-0.0,0:a", "0,-0.0:b"]))
    other = read_table(made.write_plain(tmp_path / "y.ts", ["1,2:a"]))
    keys = one.frame["series"].to_list()
    assert keys[0] == keys[2] == other.frame["series"][0]
    assert keys[0] != keys[1]
    assert keys[3] == keys[4]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("1,2,3", "expected a colon and a label"),
        ("1,x,3:a", "channel 1: expected a number"),
        ("1,2,3:c", "expected a class of the head: a, b"),
        ("1,2,3:4,5:a", "expected channels of one length"),
        ("1,2,3:4,5,6:a", "expected 1 channels, got 2"),
        ("?,?:a", "no value is there"),
        ("1,inf:a", "a value is not finite"),
        ("1,1e39:a", "a value is not finite"),
        (":a", "no value is there"),
        ("1,2\0,3:a", "expected a number"),
    ],
)
def test_a_damaged_line_is_set_aside_with_its_reason(tmp_path, line, reason):
    table = read_table(made.write_plain(tmp_path / "x.ts", ["1,2,3:a", line, "4,5,6:b"]), LENIENT)
    assert table.count.rejected == 1
    assert table.rejected[0].row == 2
    assert reason in table.rejected[0].reason
    assert table.row.tolist() == [1, 3]


def test_a_target_that_is_no_number_is_set_aside(tmp_path):
    path = made.write_plain(tmp_path / "x.ts", ["1,2:high", "3,4:1", "5,6:inf"], "@targetLabel true")
    assert [fault.row for fault in read_table(path, LENIENT).rejected] == [1, 3]


def test_too_many_damaged_lines_stop_reading(tmp_path):
    path = made.write_plain(tmp_path / "x.ts", ["1,2:a", "1,2", "1,2:b"])
    with pytest.raises(SourceError, match=r"1 of 3 rows \(33%\) would be set aside"):
        read_table(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty|@data"),
        (b"@classLabel true a\n", "expected a line @data"),
        (b"@problemName x\n@data\n1,2:a\n", "expected @classLabel or @targetLabel"),
        (b"@timestamps true\n@classLabel true a\n@data\n(0,1):a\n", "expected values at equal steps"),
        (b"@classLabel true a b\n@data\n", "expected a series on each line"),
        (b"@classLabel true a b\n@data\n1,2\n3,4", "2 that cannot be read; row 1"),
        (b"a,b,c\n1,2,3\n", "expected lines that begin with @"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "expected lines that begin with @"),
        (b"import { x } from 'y'\n", "a .ts file begins with @problemName"),
        (bytes(range(256)) * 20, "expected lines that begin with @"),
    ],
)
def test_a_file_that_is_none_is_refused_in_a_sentence(tmp_path, content, message):
    path = tmp_path / "x.ts"
    path.write_bytes(content)
    with pytest.raises(SourceError, match=message):
        read_table(path)


def test_a_line_without_end_is_refused_before_it_fills_the_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(ts, "MOST_LINE", 1 << 12)
    path = tmp_path / "x.ts"
    path.write_text("@classLabel true a\n@data\n" + "1," * 5000)
    with pytest.raises(SourceError, match="got a longer one"):
        read_table(path)


def test_one_endless_series_among_many_short_ones_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("netwright.data.sources.series.making.MOST_BYTES", 1 << 12)
    path = made.write_plain(tmp_path / "x.ts", ["1,2:a"] * 20 + [",".join("1" * 100) + ":b"])
    with pytest.raises(SourceError, match="cut the longest"):
        read_table(path)


def test_compressed_files_and_marks_of_byte_order_are_read(tmp_path):
    path = tmp_path / "x.ts.gz"
    path.write_bytes(gzip.compress(b"\xef\xbb\xbf@classLabel true a b\r\n@data\r\n1,2:a\r\n3,4:b\r\n"))
    assert read_table(path).frame["label"].to_list() == ["a", "b"]
    path.write_bytes(path.read_bytes()[:-12])
    with pytest.raises(SourceError, match="read to its end"):
        read_table(path)


def test_the_files_of_a_folder_are_parts_by_their_names(tmp_path):
    made.write_plain(tmp_path / "X_TRAIN.ts", ["1,2:a", "bad", "3,4:b"])
    made.write_plain(tmp_path / "X_TEST.ts", ["1,2,3:a"])
    table = read_table(tmp_path, LENIENT)
    assert table.frame["part"].to_list() == ["test", "train", "train"]
    assert [fault.row for fault in table.rejected] == [3]
    assert table.row.tolist() == [1, 2, 4]
    made.write_plain(tmp_path / "Y_TRAIN.ts", ["1,2:a"])
    with pytest.raises(SourceError, match="name one, and the other with --test"):
        read_table(tmp_path)


def test_new_series_need_the_channels_of_training(tmp_path):
    schema, _ = infer_schema(read_table(made.write_plain(tmp_path / "x.ts", ["1,2:3,4:a", "5,6:7,8:b"])))
    other = made.write_plain(tmp_path / "y.ts", ["1,2:a"])
    with pytest.raises(SourceError, match="expected series of 2 channels, as in training, got 1"):
        read_table(other, ReadOptions(schema=schema))
