"""Intervals: repeatable, cover the value, and as wide as theory says."""

import numpy as np

from netwright.training.evaluation.bootstrap import measure


def _coin(rows: int, right: float) -> tuple[np.ndarray, np.ndarray]:
    truth = np.zeros(rows, dtype=int)
    said = np.where(np.arange(rows) < right * rows, 0.9, 0.1)
    return truth, np.stack([said, 1 - said], axis=1)


def test_accuracy_interval_is_as_wide_as_the_binomial_says():
    found = measure("multiclass", *_coin(2000, 0.8))["accuracy"]
    assert found.value == 0.8
    width = 2 * 1.96 * np.sqrt(0.8 * 0.2 / 2000)
    assert abs((found.high - found.low) - width) < 0.15 * width


def test_many_rows_give_the_width_that_the_binomial_says_in_constant_time():
    found = measure("multiclass", *_coin(400_000, 0.8))["accuracy"]
    width = 2 * 1.96 * np.sqrt(0.8 * 0.2 / 400_000)
    assert abs((found.high - found.low) - width) < 0.25 * width
    assert found.low < 0.8 < found.high


def test_the_same_seed_gives_the_same_interval():
    assert measure("multiclass", *_coin(100, 0.7), seed=3) == measure("multiclass", *_coin(100, 0.7), seed=3)


def test_one_class_only_leaves_auc_without_a_number():
    assert measure("binary", *_coin(50, 0.7))["auc"].value is None
