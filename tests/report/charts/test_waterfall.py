"""The bars from the reference to the answer."""

from dataclasses import replace
from xml.etree import ElementTree

import pytest

from netwright.report.charts.waterfall import MOST, steps_of, waterfall
from tests.report.explanations import COLUMNS, REGRESSION


def test_the_bars_lead_from_the_reference_to_the_answer():
    for explanation in (COLUMNS, REGRESSION):
        steps = steps_of(explanation)
        assert steps[0].start == explanation.reference
        assert steps[-1].start + steps[-1].amount == pytest.approx(explanation.output)


def test_many_parts_share_one_bar_and_the_rest_is_called_unexplained():
    names = [step.name for step in steps_of(COLUMNS)]
    assert len(names) <= MOST + 2
    assert names[-2:] == ["13 other parts", "unexplained"]


def test_the_picture_is_well_formed_and_tells_names_apart_from_markup():
    root = ElementTree.fromstring(waterfall(COLUMNS))
    assert "<b>age</b> = 38: +0.310" in [title.text for title in root.iter("title")]


def test_nothing_is_drawn_of_no_parts_or_no_numbers():
    assert waterfall(replace(COLUMNS, parts=())) == ""
    assert waterfall(replace(COLUMNS, output=float("nan"))) == ""
