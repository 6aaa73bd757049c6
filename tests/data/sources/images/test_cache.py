"""Images that were decoded once are mapped from a file; whatever is wrong with it, they are decoded again."""

import numpy as np
import pytest

from netwright.data import read_table
from netwright.data.sources.images import cache, store
from tests.data.sources.images import made


@pytest.fixture
def shapes(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(cache, "LEAST_BYTES", 1000)
    root = made.write_shapes(tmp_path / "shapes", each=4)
    (root / "disc" / "torn.png").write_bytes(made.PNG[:200])
    (root / "disc" / "torn.jpg").write_bytes(made.JPEG[: len(made.JPEG) // 2])
    return root


def loose(root):
    from netwright.data.table import ReadOptions

    return read_table(root, ReadOptions(max_rejected=0.9))


def test_a_second_reading_decodes_nothing_and_gives_the_same_table(shapes, monkeypatch):
    first = loose(shapes)
    monkeypatch.setattr(store, "decode", lambda *_: pytest.fail("an image was decoded again"))
    second = loose(shapes)
    assert second.frame.equals(first.frame)
    assert second.rejected == first.rejected
    assert second.fingerprint == first.fingerprint
    assert np.array_equal(second.pictures.of(second.frame["image"]), first.pictures.of(first.frame["image"]))
    assert isinstance(second.pictures.pixels, np.memmap)
    assert not second.pictures.pixels.flags.writeable


def test_another_content_or_size_is_decoded_anew(shapes):
    from netwright.data.table import ReadOptions

    before = loose(shapes)
    (shapes / "disc" / "000.png").write_bytes(made.encoded(made.shape_of("disc", 99)))
    assert loose(shapes).frame["image"][0] != before.frame["image"][0]
    assert read_table(shapes, ReadOptions(max_rejected=0.9, image_size=(8, 8))).pictures.shape == (3, 8, 8)
    assert len(list(cache.folder().glob("*.npy"))) == 3


@pytest.mark.parametrize("spoil", ["npy", "json"])
def test_a_damaged_file_is_not_trusted(shapes, spoil):
    before = loose(shapes)
    for path in cache.folder().glob(f"*.{spoil}"):
        path.write_bytes(path.read_bytes()[:100])
    assert loose(shapes).frame.equals(before.frame)


def test_few_pixels_are_not_kept_and_old_ones_go(shapes, monkeypatch):
    from netwright.data.table import ReadOptions

    for side in range(9, 16):
        read_table(shapes, ReadOptions(max_rejected=0.9, image_size=(side, side)))
    assert len(list(cache.folder().glob("*.npy"))) == cache.SOURCES
    monkeypatch.setattr(cache, "LEAST_BYTES", 1 << 30)
    loose(shapes)
    assert len(list(cache.folder().glob("*.npy"))) == cache.SOURCES


def test_a_place_that_cannot_be_written_is_no_fault(shapes, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(shapes / "disc" / "000.png"))
    assert loose(shapes).count.used == 12
