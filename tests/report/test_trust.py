"""What is said of trust: what was chosen, what was measured, what chance makes of it, and what was left out."""

from dataclasses import replace

import pytest

from netwright.core.evidence import Diagnostics, Measure, Slice, Slices
from netwright.report.trust import slices_in_words, trust_in_words


def said(summary) -> dict[str, str]:
    return trust_in_words(summary.evaluation, summary.diagnostics, summary)


def with_error(summary):
    metrics = summary.evaluation.metrics | {"calibration_error": Measure(0.009, 0.004, 0.015)}
    return replace(summary, evaluation=replace(summary.evaluation, metrics=metrics))


def test_a_temperature_is_said_with_the_error_before_and_after(classification):
    words = said(with_error(classification))["calibration"]
    assert words == (
        "T = 1.13: probabilities were too sure; calibration error 0.031 → 0.009 (0.004–0.015) on the test rows; "
        "probabilities that are exactly right would show 0.021."
    )


def test_no_temperature_says_why(classification):
    summary = with_error(classification)
    diagnostics = replace(summary.diagnostics, calibration_error_before=None)
    calibration = replace(summary.calibration, temperature=1.0, temperature_reason="only 3 rows")
    words = said(replace(summary, diagnostics=diagnostics, calibration=calibration))["calibration"]
    assert words.endswith("T = 1: only 3 rows.")


def test_threshold_coverage_and_skipped_trees_are_said(classification):
    words = said(classification)
    assert words["threshold"] == "The second class is said above 0.370: the best f1 of 68 validation rows."
    assert "asked to hold the truth of 90% of rows hold 91.2% (82.0% to 97.0% was to be expected)" in words["coverage"]
    assert "Least for class malignant: 81.0%" in words["coverage"]
    assert (
        words["baselines"]
        == "Fitted in: linear model 0.2 s. The boosted trees were not fitted: evaluation.trees is off."
    )


def test_too_few_rows_for_coverage_are_said(classification):
    coverage = replace(classification.diagnostics.coverage, quantile=None)
    summary = replace(classification, diagnostics=Diagnostics(coverage=coverage))
    assert said(summary)["coverage"].startswith("Too few validation rows for sets")


def test_slices_own_up_to_chance():
    entries = tuple(Slice("a", f"v{k}", 50, Measure(0.8, 0.78, 0.82)) for k in range(3))
    words = slices_in_words(Slices("auc", 0.9, entries, 60, 4, 30))
    assert "60 slices looked at, 4 values with fewer than 30 rows or no AUC left out" in words
    assert (
        "3 with an interval that leaves out the AUC of all rows (0.900), where chance alone would make about 3" in words
    )


@pytest.mark.parametrize("run", ["bare", "wide"])
def test_what_was_not_measured_is_not_said(request, run):
    assert not {"coverage", "slices", "calibration"} & set(said(request.getfixturevalue(run)))
