from dataclasses import replace

import pytest

from netwright.core.evidence import Measure
from netwright.core.values import CrossValidation, FoldScore
from netwright.report.charts.spread import DOT, TALLEST, fold_dots, member_dots, stack

FOLDS = tuple(FoldScore(k + 1, 20, 2, value) for k, value in enumerate((0.9, 0.95, 1.0)))
FOUND = CrossValidation(FOLDS, 0.95, 0.05, 60, Measure(0.95, 0.92, 0.98))


def test_each_fold_is_a_dot_and_all_rows_another():
    drawn = fold_dots(FOUND, "Accuracy")
    assert drawn.count("<circle") == 4
    assert "fold 2: 0.950 on 20 rows" in drawn
    assert "standard deviation 0.050" in drawn
    assert drawn.count('class="whisker"') == 1


def test_what_is_not_known_is_not_drawn():
    one = replace(FOUND, folds=(*FOLDS[:2], replace(FOLDS[2], value=None)), pooled=Measure(0.95, None, None))
    assert fold_dots(one, "Accuracy").count("<circle") == 3
    assert "whisker" not in fold_dots(one, "Accuracy")
    assert fold_dots(replace(FOUND, pooled=Measure(None, None, None)), "Accuracy") == ""
    assert fold_dots(replace(FOUND, folds=()), "Accuracy") == ""


def test_a_network_that_was_left_out_is_no_dot(crossed):
    found = crossed.ensemble
    fewer = replace(found, members=(replace(found.members[0], left_out="diverged"), *found.members[1:]))
    assert member_dots(found, "Accuracy").count("<circle") == 41
    assert member_dots(fewer, "Accuracy").count("<circle") == 40


@pytest.mark.parametrize("count", [1, 7, 60])
def test_dots_at_one_place_are_stacked_around_the_middle(count):
    levels, tall = stack([100.0] * count)
    assert len(set(levels)) == count
    assert max(levels) == -min(levels) == tall / 2
    assert tall <= TALLEST


def test_dots_that_do_not_touch_stay_in_line():
    assert stack([10.0, 10.0 + 2 * DOT, 80.0]) == ([0.0, 0.0, 0.0], 0.0)
