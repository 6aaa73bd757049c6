"""Answers measured on shared resamples."""

import numpy as np
import pytest

from netwright.explanation.comparison.measuring import difference, mean_of, sample_all, value_of

TRUTH = np.random.default_rng(0).integers(0, 2, 300)
RIGHT = np.eye(2)[TRUTH]
HALF = np.where(np.arange(300)[:, None] < 150, RIGHT, RIGHT[:, ::-1])


def test_a_difference_is_paired():
    found = sample_all("binary", "accuracy", TRUTH, {"a": HALF, "b": HALF, "c": RIGHT})
    same, apart = (difference(found["c" if k else "a"], found["b"]).measure() for k in range(2))
    assert (same.low, same.high) == (0.0, 0.0)
    assert apart.low > 0.4
    assert found["c"].measure().value == 1.0


def test_a_mean_is_that_of_values_and_of_resamples():
    found = sample_all("binary", "accuracy", TRUTH, {"a": HALF, "c": RIGHT})
    both = mean_of(found.values())
    assert both.value == pytest.approx(0.75)
    assert both.draws[0] == pytest.approx((found["a"].draws[0] + 1.0) / 2)


def test_a_metric_that_is_not_defined_is_none():
    assert value_of("binary", "auc", np.zeros(5, int), np.full((5, 2), 0.5)) is None
    assert value_of("binary", "accuracy", TRUTH, RIGHT) == 1.0
