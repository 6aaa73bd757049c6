"""The page of a comparison."""

import re
from dataclasses import replace

import pytest

from netwright.core.evidence import Measure
from netwright.report.comparison_page import render_comparison
from tests.report.contests import comparison, contestant


@pytest.fixture(scope="module")
def page():
    return render_comparison(comparison(), "netwright compare flowers.csv")


def test_the_recommendation_comes_first_and_every_model_and_claim_after(page):
    body = page[page.index("<body>") :]
    assert body.index("Take the decision tree.") < body.index("How good")
    for said in ("network with 2 hidden layers", "9 of 20 epochs", "not confirmed", "800 of 9,000 rows", "Capacity"):
        assert said in body, said
    assert "netwright compare flowers.csv" in body


def test_names_are_escaped_and_nothing_is_fetched(page):
    assert "<model>" not in page
    assert "linear &lt;model&gt;" in page
    assert not re.findall(r"(?:src|href)=\"(?!#|data:)", page)
    assert "<script" not in page


def test_what_is_taken_and_what_is_as_good_are_marked(page):
    assert re.search(r'<tr class="alike taken"><th scope="row">decision tree', page)
    assert re.search(r'<tr class=""><th scope="row">linear', page)


def test_a_single_size_has_no_curve_and_undefined_measures_are_dashes():
    nothing = Measure(None, None, None)
    odd = contestant("a", curve=(), measure=nothing, behind=nothing, engineering=nothing)
    drawn = render_comparison(replace(comparison(), contestants=(odd, contestant("b", curve=()))))
    assert 'id="growth"' not in drawn
    assert "–" in drawn
