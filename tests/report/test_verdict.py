import math
from dataclasses import replace

import pytest

from netwright.core.evidence import Evaluation, Measure
from netwright.report.verdict import judge


def evaluation(ours, *baselines, higher=True) -> Evaluation:
    named = {f"baseline {index}": {"accuracy": measure} for index, measure in enumerate(baselines)}
    return Evaluation(100, {"accuracy": ours}, named, "accuracy", higher)


def comparison(summary, *arguments, **options) -> str:
    return judge(replace(summary, evaluation=evaluation(*arguments, **options))).comparison


def test_the_result_names_the_numbers(classification):
    assert judge(classification).result == (
        "Accuracy 0.958 (0.925–0.983) on 114 rows it never saw; majority guess 0.632, linear model 0.965."
    )


def test_a_better_baseline_is_admitted(classification):
    said = judge(classification).comparison
    assert said.startswith("The linear model did better on the same rows;")
    assert "do not settle" in said


@pytest.mark.parametrize(
    ("ours", "theirs", "said"),
    [
        (Measure(0.9, 0.85, 0.95), Measure(0.5, 0.4, 0.6), "Its 95% interval lies clear"),
        (Measure(0.5, 0.4, 0.6), Measure(0.9, 0.85, 0.95), "The baseline 0 did clearly better"),
        (Measure(0.9, 0.8, 1.0), Measure(0.85, 0.75, 0.95), "It did better than the baseline 0, but"),
        (Measure(0.9, 0.8, 1.0), Measure(0.9, 0.8, 1.0), "The baseline 0 did just as well"),
        (Measure(0.9, math.nan, math.nan), Measure(0.5, 0.4, 0.6), "It did better than the baseline 0, but"),
    ],
)
def test_the_comparison_follows_the_intervals(classification, ours, theirs, said):
    assert comparison(classification, ours, theirs).startswith(said)


def test_where_lower_is_better_the_lower_wins(regression):
    assert judge(regression).comparison == "Its 95% interval lies clear of every baseline."
    worse = comparison(regression, Measure(9.0, 8.0, 10.0), Measure(1.0, 0.5, 1.5), higher=False)
    assert "did clearly better" in worse


def test_the_best_of_several_baselines_counts(classification):
    low, high = Measure(0.5, 0.4, 0.6), Measure(0.99, 0.98, 1.0)
    assert comparison(classification, Measure(0.9, 0.85, 0.95), low, high).startswith(
        "The baseline 1 did clearly better"
    )


def test_without_a_measure_there_is_no_result(bare):
    assert str(judge(bare)) == "No test result: accuracy could not be measured."


def test_without_baselines_nothing_is_compared(classification):
    assert comparison(classification, Measure(0.9, 0.8, 1.0)) == ""
