"""Sets and intervals hold the truth as often as was asked where rows are exchangeable, and say where they cannot."""

import math

import numpy as np
import pytest
from scipy.stats import binomtest

from netwright.core.evidence import COVERAGES, Calibration
from netwright.training.evaluation.conformal import (
    Promise,
    conformal_quantile,
    covered_rows,
    expected_share,
    measure_coverage,
    quantiles_of,
    scores_of,
    sets_of,
    share_of,
)

RNG = np.random.default_rng(0)


def by_counting(scores, coverage):
    """The least score q such that at least (n + 1) c of n scores are at most q; None where none is."""
    enough = [q for q in sorted(scores) if sum(s <= q for s in scores) >= (len(scores) + 1) * coverage - 1e-9]
    return enough[0] if enough else None


@pytest.mark.parametrize("rows", [1, 4, 9, 10, 19, 50, 99])
@pytest.mark.parametrize("coverage", [0.5, 0.8, 0.9, 0.95, 0.99])
def test_quantile_is_the_definition(rows, coverage):
    scores = np.random.default_rng(rows).random(rows)
    assert conformal_quantile(scores, coverage) == by_counting(scores, coverage)


def test_every_coverage_has_its_quantile_and_they_grow():
    scores = RNG.random(300)
    calibration = Calibration(rows=300, quantiles=quantiles_of(scores))
    found = [calibration.quantile(percent / 100) for percent in COVERAGES]
    assert found == [conformal_quantile(scores, percent / 100) for percent in COVERAGES]
    assert found == sorted(found)


def classes(rows, chance):
    """Rows of four classes under a model that is wrong about them, but equally wrong about all rows."""
    probabilities = chance.dirichlet(np.full(4, 0.8), rows)
    truth = (probabilities.cumsum(axis=1) < chance.random((rows, 1))).sum(axis=1)
    biased = probabilities**2.5
    return truth, biased / biased.sum(axis=1, keepdims=True)


def values(rows, chance):
    predicted = chance.normal(size=rows)
    return predicted + chance.standard_t(3, rows) * (0.2 + np.abs(predicted)), predicted


@pytest.mark.parametrize("make", [classes, values], ids=["sets", "intervals"])
@pytest.mark.parametrize("coverage", [0.6, 0.9, 0.95])
def test_coverage_of_exchangeable_rows_is_what_was_asked(make, coverage):
    """Over many draws of n held-out rows a new row is covered with probability ceil((n + 1) c) / (n + 1)."""
    rows, draws, hits = 59, 3000, 0
    chance = np.random.default_rng(17)
    truth, predicted = make(draws * (rows + 1), chance)
    for k in range(draws):
        block = slice(k * (rows + 1), (k + 1) * (rows + 1))
        scores = scores_of(truth[block], predicted[block])
        quantile = conformal_quantile(scores[:-1], coverage)
        hits += scores[-1] <= quantile
    exact = math.ceil((rows + 1) * coverage - 1e-9) / (rows + 1)
    assert binomtest(int(hits), draws, exact).pvalue > 1e-3


@pytest.mark.parametrize("make", [classes, values], ids=["sets", "intervals"])
def test_rows_are_covered_where_their_score_is_small_enough(make):
    truth, predicted = make(500, np.random.default_rng(4))
    scores = scores_of(truth, predicted)
    quantile = conformal_quantile(scores, 0.9)
    held = covered_rows(truth, predicted, quantile)
    assert (held >= (scores <= quantile)).all()
    assert held.sum() == math.ceil(0.9 * 501)


def test_a_set_holds_the_most_probable_class_however_small_the_quantile():
    predicted = np.array([[0.4, 0.35, 0.25], [0.1, 0.1, 0.8]])
    assert sets_of(predicted, 0.01).tolist() == [[True, False, False], [False, False, True]]
    assert sets_of(predicted, 0.65).tolist() == [[True, True, False], [False, False, True]]


def test_too_few_rows_make_sets_of_everything():
    assert conformal_quantile(RNG.random(8), 0.9) is None
    assert conformal_quantile(RNG.random(9), 0.9) is not None
    truth, predicted = classes(50, RNG)
    assert sets_of(predicted, None).all()
    found = measure_coverage(truth, predicted, Promise(0.9, None, 8), tuple("abcd"))
    assert (found.every.covered.value, found.every.size, found.sizes) == (1.0, 4.0, (0, 0, 0, 50))
    truth, predicted = values(50, RNG)
    found = measure_coverage(truth, predicted, Promise(0.9, None, 8), ())
    assert found.every.covered.value == 1.0
    assert found.every.size is None


def test_groups_are_classes_or_fifths_and_hold_every_row():
    truth, predicted = classes(400, RNG)
    found = measure_coverage(truth, predicted, Promise(0.9, 0.95, 200), tuple("abcd"))
    assert [group.group for group in found.groups] == list("abcd")
    assert sum(group.rows for group in found.groups) == sum(found.sizes) == 400
    held = covered_rows(truth, predicted, 0.95)
    assert found.groups[2].covered.value == held[truth == 2].mean()
    truth, predicted = values(400, RNG)
    found = measure_coverage(truth, predicted, Promise(0.9, 1.0, 200), ())
    assert [group.rows for group in found.groups] == [80] * 5


@pytest.mark.parametrize(("hits", "rows"), [(0, 7), (7, 7), (3, 10), (450, 500)])
def test_interval_of_a_share_is_scipys_exact_one(hits, rows):
    found, oracle = share_of(hits, rows), binomtest(hits, rows).proportion_ci(method="exact")
    np.testing.assert_allclose([found.low, found.high], [oracle.low, oracle.high], atol=1e-12)


def test_the_expected_share_holds_in_19_of_20_runs():
    chance, inside = np.random.default_rng(5), 0
    low, high = expected_share(Promise(0.9, 0.5, 80), 150)
    for _ in range(2000):
        scores = chance.random(230)
        inside += low <= (scores[80:] <= conformal_quantile(scores[:80], 0.9)).mean() <= high
    assert 0.945 < inside / 2000 < 0.975
    assert expected_share(Promise(0.9, None, 5), 150) == (1.0, 1.0)
