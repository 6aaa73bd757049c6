"""Shallow beside deep, drawn."""

import re
from dataclasses import replace
from itertools import pairwise

from netwright.core.comparison import CurvePoint
from netwright.core.evidence import Measure
from netwright.report.charts.contest import BOTTOM, TOP, cost_picture, growth_picture
from tests.report.contests import comparison, contestant


def test_a_line_for_each_model_with_its_name_and_the_one_to_take_is_thick():
    drawn = growth_picture(comparison())
    assert drawn.count("<path") == 4
    assert drawn.count("curve apart taken") == 1
    assert ">2 hidden layers<" in drawn
    assert "decision tree from 0.790 to 0.890" in drawn


def test_names_keep_their_distance():
    models = tuple(contestant(f"model {k}", value=0.9) for k in range(9))
    drawn = growth_picture(replace(comparison(), contestants=models))
    heights = sorted(float(y) for y in re.findall(r'<text x="416" y="([\d.]+)" class="direct', drawn))
    assert len(heights) == 9
    assert all(later - earlier >= 13.9 for earlier, later in pairwise(heights))
    assert heights[-1] <= BOTTOM + 5


def test_a_model_that_failed_does_not_flatten_the_others():
    wild = contestant("wild", curve=(CurvePoint(50, Measure(-900.0, None, None), 0.1),
                                     CurvePoint(800, Measure(-900.0, None, None), 0.1)))  # fmt: skip
    drawn = growth_picture(replace(comparison(), contestants=(*comparison().contestants, wild)))
    heights = [float(y) for y in re.findall(r'cy="([\d.]+)"', drawn)]
    assert max(heights) <= BOTTOM
    assert min(heights) < TOP + 60


def test_time_against_the_metric_has_a_dot_and_an_interval_for_each():
    drawn = cost_picture(comparison())
    assert drawn.count("<circle") == 4
    assert drawn.count("whisker") == 4
    assert "decision tree 0.890 in 10 ms" in drawn


def test_one_model_makes_no_picture():
    alone = replace(comparison(), contestants=comparison().contestants[:1])
    assert cost_picture(alone) == ""
    assert growth_picture(replace(alone, contestants=())) == ""
