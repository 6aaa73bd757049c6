"""What to take: of those as good as the best, the one with the least to follow, to train and to wait for."""

import math

from netwright.explanation.comparison.recommending import behind, is_alike, recommend
from tests.explanation.comparison.standings import standing

BIG = {"seconds": 9.0, "row_seconds": 1e-2, "reaching": 10_000}


def test_a_simple_model_as_good_as_the_best_is_taken():
    found = recommend([standing("tree", full=0.8995, own=0.01), standing("net", "deep", 0.9, own=0.01, **BIG)], 500)
    assert found.name == "tree"
    assert "as good as the best, the net" in found.reason


def test_a_simple_model_that_is_worse_is_not_taken():
    found = recommend([standing("tree", full=0.7), standing("net", "deep", 0.9, **BIG)], 500)
    assert found.name == "net"
    assert "No other model is as good" in found.reason


def test_the_best_is_taken_where_it_is_also_the_simplest():
    found = recommend([standing("tree", full=0.9, own=0.01), standing("net", "deep", 0.8999, own=0.01, **BIG)], 500)
    assert found.name == "tree"
    assert "also the simplest" in found.reason


def test_of_equal_ranks_the_better_on_validation_rows_is_taken():
    models = [standing("one", full=0.9, own=0.01), standing("two", full=0.9, own=0.01, validation=0.95)]
    assert recommend(models, 500).name == "two"


def test_the_best_is_no_worse_than_itself_and_a_gap_around_0_is_none():
    best, near, far = standing("a", full=0.9, own=0.01), standing("b", full=0.899, own=0.01), standing("c", full=0.5)
    assert behind(best, best).value == 0.0
    assert is_alike(behind(best, near))
    assert not is_alike(behind(best, far))
    assert math.isclose(behind(best, far).value, 0.4)


def test_what_the_budget_cut_short_is_said():
    found = recommend([standing("tree", full=0.9), standing("net", "deep", 0.5, whole=False, **BIG)], 500)
    assert "The budget cut short: net" in found.reason
