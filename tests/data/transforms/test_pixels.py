"""What is measured of training images: brightness, and which mirrorings keep a label."""

import numpy as np
import polars as pl

from netwright.data.pictures import keyed
from netwright.data.transforms.pixels import fit_pixels, measure_likeness


def pictures_of(pixels):
    keys = [str(number) for number in range(len(pixels))]
    return keyed("image", pixels, keys), pl.Series("image", keys)


def arrows(mirror_means_the_same):
    """Bright wedges that point left or right; the label is the direction, or whether the wedge is tall."""
    random = np.random.default_rng(0)
    pixels, labels = np.zeros((600, 1, 12, 12), np.uint8), []
    for image in pixels:
        right, tall = random.integers(0, 2, 2)
        half = 5 if tall else 2
        for column in range(9):
            reach = half * (9 - column) // 9
            image[0, 6 - reach : 7 + reach, 1 + column if right else 10 - column] = random.integers(150, 255)
        labels.append("tall" if mirror_means_the_same and tall else "right" if right else "left")
        if mirror_means_the_same:
            labels[-1] = "tall" if tall else "flat"
    return pixels, pl.Series(labels)


def test_a_mirror_that_keeps_labels_is_told_from_one_that_does_not():
    for same in (True, False):
        pixels, labels = arrows(same)
        found = measure_likeness(*pictures_of(pixels), labels)
        assert found.as_it_is > 0.95
        assert found.keeps(found.mirrored) is same
        assert found.keeps(found.upside_down)


def test_nothing_is_mirrored_where_neighbours_know_nothing():
    pixels = np.random.default_rng(1).integers(0, 256, (300, 3, 8, 8), dtype=np.uint8)
    found = measure_likeness(*pictures_of(pixels), pl.Series(["a", "b", "c"] * 100))
    assert not found.known
    assert not found.keeps(found.mirrored)


def test_mean_and_deviation_are_those_of_each_colour():
    pixels = np.random.default_rng(2).integers(0, 256, (50, 3, 5, 6), dtype=np.uint8)
    pixels[:, 2] = 7
    found = fit_pixels(*pictures_of(pixels), None)
    assert np.allclose(found.mean, pixels.mean(axis=(0, 2, 3)), rtol=1e-5)
    assert np.allclose(found.deviation[:2], pixels.std(axis=(0, 2, 3))[:2], rtol=1e-4)
    assert found.deviation[2] == 1.0  # a colour that never changes is not blown up
    assert found.likeness is None
    assert not found.mirrors


def test_a_missing_key_is_a_black_image():
    pictures, _ = pictures_of(np.full((2, 1, 3, 3), 9, np.uint8))
    assert pictures.of(pl.Series(["1", None, "nowhere"])).reshape(3, -1).max(axis=1).tolist() == [9, 0, 0]
