import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netwright.report.charts.scale import LOG_RATIO, fitting, fixed, linear, nice_step

numbers = st.floats(-1e9, 1e9).filter(lambda value: value == 0 or abs(value) > 1e-9)


@given(st.lists(numbers, min_size=1, max_size=20))
def test_a_linear_scale_holds_all_values_between_few_round_ticks(values):
    scale = linear(values, 0.0, 100.0)
    assert all(-1e-6 <= scale(value) <= 100 + 1e-6 for value in values)
    assert 2 <= len(scale.ticks) <= 7


@given(st.lists(st.floats(1e-9, 1e9), min_size=2, max_size=20))
def test_a_fitting_scale_holds_all_values(values):
    scale = fitting(values, 0.0, 100.0)
    assert all(-1e-6 <= scale(value) <= 100 + 1e-6 for value in values)


def test_wide_positive_values_are_drawn_on_a_logarithmic_scale():
    assert fitting([1.0, LOG_RATIO * 2], 0.0, 1.0).step == 0
    assert fitting([1.0, LOG_RATIO / 2], 0.0, 1.0).step > 0
    assert fitting([-1.0, 1e6], 0.0, 1.0).step > 0


@pytest.mark.parametrize("values", [[], [math.nan], [0.0, 0.0], [3.0], [math.inf, 1.0]])
def test_nothing_to_spread_still_makes_a_scale(values):
    assert all(map(math.isfinite, linear(values, 0.0, 100.0).ticks))


@pytest.mark.parametrize(("rough", "step"), [(0.9, 1), (1.0, 1), (1.3, 2), (0.021, 0.025), (3.0, 5), (70.0, 100)])
def test_steps_are_round(rough, step):
    assert nice_step(rough) == pytest.approx(step)


def test_labels_tell_ticks_apart():
    assert [fixed(0.0, 1.0, 0.0, 1.0).label(tick) for tick in fixed(0.0, 1.0, 0.0, 1.0).ticks] == [
        "0.00",
        "0.25",
        "0.50",
        "0.75",
        "1.00",
    ]
    large = linear([-90_000.0, 90_000.0], 0.0, 1.0)
    assert [large.label(tick) for tick in large.ticks] == ["−100k", "−50k", "0", "50k", "100k"]


@given(st.lists(numbers, min_size=2, max_size=9))
def test_no_two_ticks_share_a_label(values):
    scale = linear(values, 0.0, 100.0)
    labels = [scale.label(tick) for tick in scale.ticks]
    assert len(set(labels)) == len(labels) or scale.step < 1e-6 * max(map(abs, scale.ticks))
