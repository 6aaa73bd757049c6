import math
import re

from hypothesis import given
from hypothesis import strategies as st

from netwright.report.charts.residuals import histogram, scatter

values = st.floats(-1e6, 1e6)


@given(st.lists(st.tuples(values, values), min_size=1, max_size=60))
def test_the_bars_hold_every_row(pairs):
    drawn = histogram(pairs)
    assert sum(int(rows) for rows in re.findall(r": (\d+) rows?</title>", drawn)) == len(pairs)


def test_a_dot_stands_for_each_row():
    assert scatter([(1.0, 2.0), (3.0, 4.0), (5.0, math.nan)]).count("h0") == 2


def test_nothing_is_drawn_of_nothing():
    assert scatter([]) == histogram([]) == ""
    assert scatter([(math.nan, 1.0)]) == histogram([(math.inf, 1.0)]) == ""
