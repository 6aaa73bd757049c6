"""Intervals: repeatable, cover the value, and as wide as theory says."""

import numpy as np
import pytest

from netwright.training.evaluation.bootstrap import measure, sample
from netwright.training.evaluation.metrics import METRICS


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


def test_the_gain_is_as_wide_as_the_paired_differences_say():
    """Two models that differ on few rows: their own intervals overlap widely, the paired one is narrow."""
    rows, chance = 2000, np.random.default_rng(0)
    truth = np.zeros(rows, dtype=int)
    right = chance.random(rows) < 0.7
    better = right | (np.arange(rows) < 60)
    models = [np.stack([np.where(r, 0.9, 0.1), np.where(r, 0.1, 0.9)], axis=1) for r in (better, right)]
    ours, theirs = (sample(METRICS["multiclass"], truth, said)["accuracy"] for said in models)
    gain = ours.over(theirs, higher_is_better=True)
    difference = better.astype(float) - right
    assert gain.value == pytest.approx(difference.mean())
    width = 2 * 1.96 * difference.std() / np.sqrt(rows)
    assert abs((gain.high - gain.low) - width) < 0.15 * width
    assert gain.low > 0
    assert ours.measure().low < theirs.measure().high
    assert theirs.over(ours, higher_is_better=False).value == gain.value


def test_the_interval_of_a_calibration_error_holds_its_value_and_nothing_below_0():
    chance = np.random.default_rng(1)
    said = chance.random(300)
    truth = (chance.random(300) < said).astype(int)
    found = measure("binary", truth, np.stack([1 - said, said], axis=1))["calibration_error"]
    assert 0 <= found.low < found.value < found.high
