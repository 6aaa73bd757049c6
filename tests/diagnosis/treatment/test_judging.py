"""A change that helps is kept, one that does nothing is not, and neither is one that any random change matches."""

import random

import pytest

from netwright.diagnosis.treatment.controls import random_changes
from netwright.diagnosis.treatment.judging import compare, judge, mean, near, sign_test
from netwright.diagnosis.treatment.values import TrialRow

SICK = (0.10, 0.12, 0.11)


def row(*scores):
    return TrialRow("remedy", "divide the learning rate by 10", scores=scores)


def test_a_better_change_is_kept():
    judged = judge(row(0.95, 0.93, 0.96), SICK, [(0.1, 0.2, 0.1), (0.12, 0.1, 0.3)])
    assert judged.kept
    assert judged.gain == pytest.approx(0.8367, abs=1e-3)
    assert judged.verdict.startswith("kept: +0.837 on 3 paired seeds, better in 3")


def test_a_change_that_random_changes_match_is_reverted():
    judged = judge(row(0.95, 0.93, 0.96), SICK, [(0.97, 0.95, 0.97)])
    assert not judged.kept
    assert "random" in judged.verdict


def test_a_gain_on_one_seed_only_is_not_proven():
    judged = judge(row(0.11, 0.9, 0.10), SICK, [])
    assert not judged.kept
    assert "chance" in judged.verdict


def test_a_worse_change_is_reverted():
    assert judge(row(0.05, 0.05, 0.05), SICK, []).verdict.startswith("reverted: -0.060")


def test_what_is_not_finite_counts_as_the_floor():
    assert compare((None, None, None), (0.9, 0.91, 0.89)).proven
    assert not compare(SICK, (None, 0.2, 0.2)).proven
    assert mean((None, 1.0), floor=-1.0) == 0.0


def test_changes_that_do_nothing_are_seldom_kept():
    chance = random.Random(0)
    kept = 0
    for _ in range(500):
        before, after, control = ([chance.gauss(0.8, 0.05) for _ in range(3)] for _ in range(3))
        kept += judge(row(*after), before, [control]).kept
    assert kept / 500 <= 0.06  # one in twenty by the t test, fewer beside a random change


@pytest.mark.parametrize(("wins", "of", "probability"), [(5, 5, 1 / 32), (4, 5, 6 / 32), (4, 4, 1.0), (6, 6, 1 / 64)])
def test_the_sign_test_counts_gains(wins, of, probability):
    assert sign_test([1.0] * wins + [-1.0] * (of - wins)) == pytest.approx(probability)


def test_near_has_a_margin_of_two_points():
    assert near(0.93, 0.949)
    assert not near(0.92, 0.95)
    assert not near(None, 0.5)


def test_random_changes_are_the_same_of_one_seed():
    first, second, other = (random_changes(seed) for seed in (0, 0, 1))
    drawn = [[next(stream) for _ in range(30)] for stream in (first, second, other)]
    assert drawn[0] == drawn[1] != drawn[2]
    assert len({change.setting for change in drawn[0]}) > 10
