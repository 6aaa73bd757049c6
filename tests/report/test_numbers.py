import math

import pytest

from netwright.core.evidence import Measure
from netwright.report.numbers import bound, duration, interval, setting, share, show


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.95812, "0.958"),
        (1.0, "1.000"),
        (0.0, "0.000"),
        (12.345, "12.35"),
        (61_234.5, "61,234"),
        (0.00001, "1.0e-05"),
        (3.2e12, "3.2e+12"),
        (-0.25, "−0.250"),
        (None, "–"),
        (math.nan, "–"),
        (math.inf, "–"),
    ],
)
def test_a_number_is_shown_as_people_read_it(value, shown):
    assert show(value) == shown


def test_an_interval_with_a_minus_sign_says_to():
    assert interval(Measure(0.5, 0.4, 0.6)) == "0.400–0.600"
    assert interval(Measure(0.0, -0.1, 0.1)) == "−0.100 to 0.100"
    assert interval(Measure(0.5, math.nan, 0.6)) == "–"


@pytest.mark.parametrize(("part", "shown"), [(0, "0%"), (1, "<1%"), (50, "5%"), (999, ">99%"), (1000, "100%")])
def test_a_share_never_rounds_away_what_is_there(part, shown):
    assert share(part, 1000) == shown


def test_a_share_of_nothing_is_a_dash():
    assert share(0, 0) == "–"


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0.42, "0.4 s"), (42.0, "42 s"), (185.0, "3 min 5 s"), (7800.0, "2 h 10 min"), (59.7, "1 min 0 s")],
)
def test_a_duration(seconds, shown):
    assert duration(seconds) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ((64, 32), "64, 32"),
        (True, "yes"),
        (None, "none"),
        ([], "none"),
        (0.001, "0.001"),
        ({"a": 1}, "a: 1"),
        ("x", "x"),
    ],
)
def test_a_setting(value, shown):
    assert setting(value) == shown


def test_a_bound():
    assert [bound(value) for value in (6.981, -3.0, 1_234_567.0, None)] == ["6.981", "−3", "1.2346e+06", "–"]
