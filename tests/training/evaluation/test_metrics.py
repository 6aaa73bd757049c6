"""Every metric agrees with scikit-learn's, also under resampling weights and ties."""

import numpy as np
import pytest
from sklearn import metrics as oracle

from netwright.training.evaluation.metrics import METRICS, headline_metric, metrics_for

RNG = np.random.default_rng(0)
ROWS = 300
WEIGHTS = RNG.integers(0, 4, size=(7, ROWS)).astype(float)
BINARY_TRUTH = RNG.integers(0, 2, ROWS)
SCORE = np.round(np.clip(RNG.normal(0.3 + 0.3 * BINARY_TRUTH, 0.3), 0.01, 0.99), 1)  # rounded: many ties
BINARY = np.stack([1 - SCORE, SCORE], axis=1)
MULTI_TRUTH = RNG.integers(0, 4, ROWS)
MULTI = RNG.dirichlet(np.ones(4), ROWS)
TRUTH, VALUES = RNG.normal(size=ROWS), RNG.normal(size=ROWS)


def error_by_hand(said, came, weights, bins=15):
    """Row by row: the gap of each bin, times the share of rows in it."""
    error = 0.0
    for k in range(bins):
        inside = (said >= k / bins) & ((said < (k + 1) / bins) | (k == bins - 1))
        if weights[inside].sum():
            gap = np.average(came[inside], weights=weights[inside]) - np.average(said[inside], weights=weights[inside])
            error += weights[inside].sum() / weights.sum() * abs(gap)
    return error


CASES = [
    ("binary", "accuracy", lambda w: oracle.accuracy_score(BINARY_TRUTH, BINARY.argmax(1), sample_weight=w)),
    ("binary", "auc", lambda w: oracle.roc_auc_score(BINARY_TRUTH, SCORE, sample_weight=w)),
    ("binary", "log_loss", lambda w: oracle.log_loss(BINARY_TRUTH, BINARY, sample_weight=w)),
    ("binary", "f1", lambda w: oracle.f1_score(BINARY_TRUTH, SCORE > 0.5, sample_weight=w)),
    (
        "binary",
        "balanced_accuracy",
        lambda w: oracle.balanced_accuracy_score(BINARY_TRUTH, SCORE > 0.5, sample_weight=w),
    ),
    ("binary", "mcc", lambda w: oracle.matthews_corrcoef(BINARY_TRUTH, SCORE > 0.5, sample_weight=w)),
    ("binary", "calibration_error", lambda w: error_by_hand(SCORE, BINARY_TRUTH, w)),
    (
        "multiclass",
        "calibration_error",
        lambda w: error_by_hand(MULTI.max(1), MULTI.argmax(1) == MULTI_TRUTH, w),
    ),
    ("binary", "brier", lambda w: oracle.brier_score_loss(BINARY_TRUTH, SCORE, sample_weight=w)),
    ("multiclass", "accuracy", lambda w: oracle.accuracy_score(MULTI_TRUTH, MULTI.argmax(1), sample_weight=w)),
    ("multiclass", "log_loss", lambda w: oracle.log_loss(MULTI_TRUTH, MULTI, sample_weight=w)),
    (
        "multiclass",
        "macro_f1",
        lambda w: oracle.f1_score(MULTI_TRUTH, MULTI.argmax(1), average="macro", sample_weight=w),
    ),
    ("regression", "rmse", lambda w: oracle.root_mean_squared_error(TRUTH, VALUES, sample_weight=w)),
    ("regression", "mae", lambda w: oracle.mean_absolute_error(TRUTH, VALUES, sample_weight=w)),
    ("regression", "r2", lambda w: oracle.r2_score(TRUTH, VALUES, sample_weight=w)),
]
DATA = {"binary": (BINARY_TRUTH, BINARY), "multiclass": (MULTI_TRUTH, MULTI), "regression": (TRUTH, VALUES)}


def test_every_metric_has_a_case():
    assert {(task, name) for task, names in METRICS.items() for name in names} == {case[:2] for case in CASES}


@pytest.mark.parametrize(("task", "name", "expected"), CASES, ids=lambda value: value if isinstance(value, str) else "")
def test_metric_agrees_with_scikit_learn(task, name, expected):
    ours = METRICS[task][name](*DATA[task], WEIGHTS)
    np.testing.assert_allclose(ours, [expected(weights) for weights in WEIGHTS], rtol=1e-10)


def test_auc_without_both_classes_is_nan():
    assert np.isnan(METRICS["binary"]["auc"](np.zeros(ROWS, int), BINARY, WEIGHTS)).all()


def test_headline_is_auc_where_one_class_is_rare():
    assert headline_metric("binary", 0.11)[0] == "auc"
    assert headline_metric("binary", 0.4)[0] == "accuracy"
    assert headline_metric("regression")[0] == "rmse"


@pytest.mark.parametrize("threshold", [0.0, 0.27, 0.8, 1.0])
def test_decisions_follow_the_threshold(threshold):
    found, said = metrics_for("binary", threshold), threshold < SCORE
    ones = np.ones((1, ROWS))
    expected = {
        "accuracy": oracle.accuracy_score(BINARY_TRUTH, said),
        "f1": oracle.f1_score(BINARY_TRUTH, said, zero_division=0),
        "balanced_accuracy": oracle.balanced_accuracy_score(BINARY_TRUTH, said),
        "mcc": oracle.matthews_corrcoef(BINARY_TRUTH, said),
        "auc": oracle.roc_auc_score(BINARY_TRUTH, SCORE),
    }
    for name, value in expected.items():
        np.testing.assert_allclose(found[name](BINARY_TRUTH, BINARY, ones), [value], rtol=1e-12, err_msg=name)
