"""Cutting into records gives the same records wherever the blocks end, and those that the csv module reads."""

import csv
import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netwright.data.sources.tables.structure import Dialect, chunks

TEXTS = {
    "plain": b"1,2\n3,4\n5,6\n",
    "quoted": b'1,"a,b"\n3,"c\nd"\n5,"e ""f"" g"\n',
    "ragged": b"1,2\n3\n\n4,5,6\n7,8\n",
    "stray quotes": b'1,5" x\n2,"a"b\n3,"c\n4,d\n5,"e,f"\n',
    "no last line end": b"1,2\n3,4",
}


def cut(blocks: list[bytes]) -> tuple[bytes, list[bool], list[str]]:
    found = list(chunks(blocks, Dialect(",", 2)))
    fits = [bool(fit) for chunk in found for fit in chunk.fits]
    return b"".join(c.content for c in found), fits, [reason for chunk in found for reason in chunk.reasons]


@pytest.mark.parametrize("name", TEXTS)
def test_where_blocks_end_makes_no_difference(name):
    text = TEXTS[name]
    whole = cut([text])
    for size in range(1, len(text)):
        content, fits, reasons = cut([text[start : start + size] for start in range(0, len(text), size)])
        assert (fits, reasons) == whole[1:]
        assert list(csv.reader(io.StringIO(content.decode()))) == list(csv.reader(io.StringIO(whole[0].decode())))


CELLS = st.text(st.sampled_from(list('ab",\n ')), max_size=5)


@settings(deadline=None)
@given(rows=st.lists(st.lists(CELLS, min_size=2, max_size=2), min_size=1, max_size=8), size=st.integers(1, 40))
def test_what_the_csv_module_wrote_is_read_back(rows, size):
    buffer = io.StringIO()
    csv.writer(buffer, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
    text = buffer.getvalue().encode()
    content, fits, _ = cut([text[start : start + size] for start in range(0, len(text), size)])
    assert fits == [True] * len(rows)
    assert list(csv.reader(io.StringIO(content.decode()))) == rows


def test_every_record_is_counted_once():
    rng = np.random.default_rng(0)
    lines = [b",".join([b"1"] * int(width)) for width in rng.integers(1, 4, 500)]
    _, fits, reasons = cut([b"\n".join(lines)])
    assert len(fits) == 500
    assert fits == [line.count(b",") == 1 for line in lines]
    assert len(reasons) == fits.count(False)
