"""Images that are arrays: IDX files, .npz archives and values in memory."""

import gzip
import struct

import numpy as np
import pytest

from netwright.core.errors import SourceError
from netwright.data import read_table
from netwright.data.table import ReadOptions
from tests.data.sources.images import made

IMAGES = np.random.default_rng(0).integers(0, 256, (12, 9, 7), dtype=np.uint8)
LABELS = np.arange(12, dtype=np.uint8) % 3


def idx(array):
    return struct.pack(f">I{array.ndim}I", 0x800 + array.ndim, *array.shape) + array.tobytes()


def test_idx_files_are_images_with_the_labels_beside_them(tmp_path):
    (tmp_path / "train-images-idx3-ubyte.gz").write_bytes(gzip.compress(idx(IMAGES)))
    (tmp_path / "train-labels-idx1-ubyte.gz").write_bytes(gzip.compress(idx(LABELS)))
    alone = read_table(tmp_path / "train-images-idx3-ubyte.gz")
    assert np.array_equal(alone.pictures.of(alone.frame["image"])[:, 0], IMAGES)
    assert alone.frame["label"].to_list() == [str(label) for label in LABELS]
    (tmp_path / "t10k-images-idx3-ubyte").write_bytes(idx(IMAGES[:5]))
    (tmp_path / "t10k-labels-idx1-ubyte").write_bytes(idx(LABELS[:5]))
    both = read_table(tmp_path)
    assert both.frame["part"].to_list() == ["test"] * 5 + ["train"] * 12


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (idx(IMAGES)[:200], "it was cut off"),
        (idx(IMAGES)[:9], "IDX file of bytes with 3 axes"),
        (struct.pack(">4I", 0x803, 60_000, 60_000, 60_000), "IDX file of bytes with 3 axes"),
    ],
)
def test_a_damaged_idx_file_is_refused(tmp_path, content, message):
    (tmp_path / "x-idx3-ubyte").write_bytes(content)
    with pytest.raises(SourceError, match=message):
        read_table(tmp_path / "x-idx3-ubyte")


def test_npz_archives_hold_parts_or_pairs(tmp_path):
    path = tmp_path / "x.npz"
    np.savez(path, x_train=IMAGES, y_train=LABELS, x_test=IMAGES[:4], y_test=LABELS[:4])
    table = read_table(path)
    assert table.frame["part"].to_list() == ["train"] * 12 + ["test"] * 4
    np.savez(path, images=np.stack([IMAGES] * 3, axis=-1), labels=LABELS[:, None])
    assert read_table(path).pictures.shape == (3, 9, 7)
    np.savez(path, a=IMAGES)
    with pytest.raises(SourceError, match="expected arrays x and y, images and labels"):
        read_table(path)
    np.savez(path, x=np.array([{}], dtype=object))
    with pytest.raises(SourceError, match=r"expected an \.npz archive of numbers"):
        read_table(path)


def test_arrays_in_memory_are_scaled_and_rows_that_are_not_finite_set_aside():
    shares = IMAGES.astype(np.float32) / 255.0
    shares[3, 0, 0] = np.nan
    table = read_table((shares, ["a", "b"] * 6), ReadOptions(max_rejected=0.5))
    assert table.count.rejected == 1
    assert np.array_equal(table.pictures.of(table.frame["image"])[:3, 0], IMAGES[:3])
    assert read_table(IMAGES).frame.columns == ["image"]
    spread = read_table((np.linspace(-1, 1, 12 * 63).reshape(12, 9, 7), LABELS))
    found = spread.pictures.of(spread.frame["image"])
    assert (found.min(), found.max()) == (0, 255)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ((IMAGES, LABELS[:5]), "expected 12 labels, one an image, got 5"),
        (np.zeros((3, 5, 5, 7)), "expected 1, 3 or 4 colours"),
        (np.zeros((0, 4, 5)), "expected images as numbers"),
        (np.full((3, 4, 5), "x"), "expected images as numbers"),
    ],
)
def test_what_is_no_array_of_images_is_refused(source, message):
    with pytest.raises(SourceError, match=message):
        read_table(source)


def test_arrays_are_brought_to_the_shape_of_training():
    colour = read_table((np.stack([made.shape_of("disc", seed) for seed in range(3)]), [0, 1, 0]))
    assert colour.pictures.shape == (3, made.SIDE, made.SIDE)
    assert read_table(IMAGES, ReadOptions(image_size=(4, 6))).pictures.shape == (3, 4, 6)
