"""Which way brightness runs, cell by cell."""

import numpy as np

from netwright.explanation.comparison.gradients import BINS, gradient_counts


def test_a_ramp_to_the_right_and_one_down_fall_into_other_bins():
    ramp = np.tile(np.arange(8, dtype=np.float32), (8, 1))
    right, down = (gradient_counts(image[None]).reshape(4, BINS) for image in (ramp, ramp.T))
    assert np.all(right.argmax(axis=1) == 0)
    assert np.all(down.argmax(axis=1) == BINS // 2)


def test_a_flat_image_counts_nothing_and_brightness_does_not_matter():
    image = np.random.default_rng(0).uniform(0, 50, (1, 8, 12)).astype(np.float32)
    assert not gradient_counts(np.full((1, 8, 8), 7.0, np.float32)).any()
    np.testing.assert_allclose(gradient_counts(image), gradient_counts(image + 100.0), atol=1e-4)
    assert gradient_counts(image).shape == (1, 2 * 3 * BINS)
