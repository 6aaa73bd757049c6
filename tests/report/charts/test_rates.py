from dataclasses import replace

import pytest

from netwright.report.charts.rates import rates_picture


def test_both_lines_and_both_rates_are_drawn(rated):
    drawn = rates_picture(rated.rate_test)
    assert drawn.count("<path") == 2
    assert "suggested 0.012" in drawn
    assert "default 0.005" in drawn
    assert "loss by learning rate: least" in drawn


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"suggested": None, "used": 0.005}, {"default 0.005"}),
        ({"suggested": 0.005, "used": 0.005}, {"suggested 0.005"}),
        ({"used": 0.005}, {"recipe 0.005", "suggested 0.012"}),
        ({"suggested": 3e-6}, {"suggested 3e-06", "default 0.005"}),
    ],
)
def test_each_rate_has_one_mark(rated, changes, said):
    drawn = rates_picture(replace(rated.rate_test, **changes))
    assert {name for name in said if name in drawn} == said
    assert drawn.count('class="best"') + drawn.count('class="other"') == 2 * len(said)


def test_what_explodes_is_cut_off(rated):
    losses = (*rated.rate_test.losses[:-1], 1e9)
    drawn = rates_picture(replace(rated.rate_test, losses=losses, smoothed=losses))
    assert "1,000" not in drawn


def test_a_single_step_makes_no_curve(rated_badly):
    assert rates_picture(rated_badly.rate_test) == ""
