import math

import numpy as np
import pytest

from netwright.core.landscapes import Surface
from netwright.report.landscape.scale import colours, finer, scale_of

STEPS = (-1.0, 0.0, 1.0)


def surface(*losses):
    return Surface(STEPS, STEPS, tuple(tuple(None if loss is None else float(loss) for loss in row) for row in losses))


def test_heights_go_from_the_lowest_to_the_highest_loss_of_all_surfaces():
    one, other = surface((1, 2, 3), (1, 2, 3), (1, 2, 3)), surface((5, 5, 5), (4, 4, 4), (3, 3, 3))
    scale = scale_of([one, other])
    assert (scale.low, scale.high, scale.logarithmic) == (1, 5, False)
    assert scale.heights(one.losses)[0] == pytest.approx([0.0, 0.25, 0.5])
    assert [scale.loss(height) for height in (0.0, 0.5, 1.0)] == [1, 3, 5]


def test_steep_surfaces_are_drawn_by_logarithm_and_what_is_no_number_at_the_top():
    scale = scale_of([surface((0.01, 0.1, 1.0), (0.1, 1.0, None), (1.0, 1.0, 1.0))])
    assert scale.logarithmic
    assert scale.heights(((0.01, 0.1, None),))[0] == pytest.approx([0.0, 0.5, 1.0])
    assert scale.loss(0.5) == pytest.approx(0.1)


def test_one_loss_far_above_all_others_does_not_flatten_them():
    losses = [[1.0 + 0.001 * x + 0.001 * y for x in range(20)] for y in range(20)]
    losses[0][0] = 1e9
    assert scale_of([surface(*losses)]).high < 2.0


@pytest.mark.parametrize("losses", [((None,) * 3,) * 3, ((0.5,) * 3,) * 3, ((-2.0, -1.0, 0.0),) * 3])
def test_surfaces_of_nothing_of_one_loss_and_below_zero_have_finite_heights(losses):
    heights = scale_of([surface(*losses)]).heights(losses)
    assert np.isfinite(heights).all()
    assert heights.min() >= 0.0
    assert heights.max() <= 1.0


def test_a_finer_surface_goes_through_the_points_that_were_measured():
    coarse = np.random.default_rng(0).uniform(0.2, 0.8, (5, 7))
    fine = finer(coarse, (17, 25))
    assert fine.shape == (17, 25)
    np.testing.assert_allclose(fine[::4, ::4], coarse, atol=1e-12)


def test_colours_grow_lighter_with_the_loss():
    red, green, blue = colours(np.linspace(0, 1, 50)).T
    light = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    assert (np.diff(light) > 0).all()
    assert not math.isnan(light.sum())
