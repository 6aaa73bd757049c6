import math

import pytest

from netwright.core.evidence import ReliabilityBin
from netwright.report.charts.reliability import diagram, wilson


def test_a_dot_stands_for_each_bin_with_rows():
    drawn = diagram([ReliabilityBin(0.1, 0.2, 10), ReliabilityBin(0.5, 0.5, 0), ReliabilityBin(0.9, math.nan, 4)])
    assert drawn.count("<circle") == 1
    assert "predicted 0.100, observed 0.200 on 10 rows" in drawn


def test_wilson_against_the_published_example():
    # 8 of 10: 0.490 to 0.943. Source: R. Newcombe, Two-sided confidence intervals for the single proportion, 1998.
    assert wilson(0.8, 10) == pytest.approx((0.490, 0.943), abs=1e-3)


@pytest.mark.parametrize("observed", [0.0, 1.0])
def test_wilson_stays_inside_zero_and_one(observed):
    low, high = wilson(observed, 3)
    assert 0 <= low < high <= 1


def test_nothing_is_drawn_of_nothing():
    assert diagram([]) == ""
