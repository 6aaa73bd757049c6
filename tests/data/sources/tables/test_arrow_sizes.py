"""The size of packed Arrow files is known before anything is unpacked; what cannot be is refused, not tried."""

import io
import struct

import polars as pl
import pytest

from netwright.core.errors import SourceError
from netwright.data import read_table
from netwright.data.sources.tables.arrow_sizes import unpacked_size

FRAME = pl.DataFrame({
    "a": range(5000),
    "text": [f"a longer piece of text, number {i % 7}" for i in range(5000)],
    "kind": pl.Series(["x", None, "y", "z", "x"] * 1000, dtype=pl.Categorical),
    "flag": [i % 3 == 0 for i in range(5000)],
})  # fmt: skip


def arrow(frame: pl.DataFrame, compression: str, **more) -> bytes:
    buffer = io.BytesIO()
    frame.write_ipc(buffer, compression=compression, **more)
    return buffer.getvalue()


@pytest.mark.parametrize("compression", ["lz4", "zstd"])
@pytest.mark.parametrize("rows", [5000, 999])
def test_the_size_is_that_of_the_buffers(compression, rows):
    plain, packed = (arrow(FRAME, how, record_batch_size=rows) for how in ("uncompressed", compression))
    assert unpacked_size(plain) == 0
    assert len(packed) < unpacked_size(packed)
    assert 0.8 * len(plain) < unpacked_size(packed) < 1.1 * len(plain)


def test_feather_of_pyarrow_is_measured_and_read(tmp_path):
    feather = pytest.importorskip("pyarrow.feather")
    feather.write_feather(FRAME.to_arrow(), str(tmp_path / "t.feather"), compression="zstd", chunksize=700)
    assert unpacked_size((tmp_path / "t.feather").read_bytes()) > 100_000
    assert read_table(tmp_path / "t.feather").frame.height == 5000


def test_a_packed_part_that_says_it_is_huge_is_refused(tmp_path):
    content = bytearray(arrow(FRAME.select("a"), "zstd"))
    size = struct.pack("<q", 8 * 5000)
    assert content.count(size) >= 1
    for lie, word in ((1 << 61, "grows at most 100 times"), (-5, "would become -5 bytes")):
        (tmp_path / "t.arrow").write_bytes(content.replace(size, struct.pack("<q", lie)))
        with pytest.raises(SourceError, match=word):
            read_table(tmp_path / "t.arrow")


def test_a_part_that_is_not_within_the_file_is_refused(tmp_path):
    content = arrow(FRAME.select("a"), "uncompressed")
    (tmp_path / "t.arrow").write_bytes(content.replace(struct.pack("<q", 8 * 5000), struct.pack("<q", 1 << 61)))
    with pytest.raises(SourceError, match="a part of it would have 2,305,843,009,213,693,952 bytes"):
        read_table(tmp_path / "t.arrow")


def test_few_cells_of_much_text_are_a_bomb(tmp_path):
    (tmp_path / "t.arrow").write_bytes(arrow(pl.DataFrame({"a": ["x" * (70 << 20), "y"]}), "zstd"))
    with pytest.raises(SourceError, match="grows at most 100 times"):
        read_table(tmp_path / "t.arrow")


@pytest.mark.parametrize("kept", [6, 12, 40, 300, -7, -20, -200])
def test_what_is_cut_short_is_refused_in_one_sentence(tmp_path, kept):
    (tmp_path / "t.arrow").write_bytes(arrow(FRAME, "zstd")[:kept])
    with pytest.raises(SourceError, match="whole arrow file"):
        read_table(tmp_path / "t.arrow")
