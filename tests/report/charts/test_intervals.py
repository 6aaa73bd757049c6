import math

from netwright.core.evidence import Measure
from netwright.report.charts.intervals import dots

NOTHING = Measure(math.nan, math.nan, math.nan)


def test_each_model_has_its_row():
    drawn = dots("Accuracy", Measure(0.9, 0.8, 1.0), [("linear model", Measure(0.7, 0.6, 0.8)), ("broken", NOTHING)])
    assert drawn.count("<circle") == 2
    assert "linear model: 0.700, 95% interval 0.600–0.800" in drawn
    assert "broken" in drawn


def test_nothing_is_drawn_of_nothing():
    assert dots("Accuracy", NOTHING, []) == ""
