import math
from dataclasses import replace

import pytest

from netwright.core.evidence import Evaluation, Measure
from netwright.report.verdict import judge


def evaluation(ours, *baselines, higher=True) -> Evaluation:
    """Baselines are (measure, gain of the network over it)."""
    named = {f"baseline {index}": {"accuracy": measure} for index, (measure, _) in enumerate(baselines)}
    gains = {f"baseline {index}": gain for index, (_, gain) in enumerate(baselines)}
    return Evaluation(100, {"accuracy": ours}, named, "accuracy", higher, gains)


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
    ("gain", "said"),
    [
        (Measure(0.02, 0.01, 0.03), "It is better than the baseline 0 on the same rows, by 0.020 (0.010–0.030)."),
        (Measure(-0.02, -0.03, -0.01), "The baseline 0 did clearly better on the same rows, by 0.020 (0.010–0.030)"),
        (Measure(0.02, -0.01, 0.03), "It did better than the baseline 0, but the difference (−0.010 to 0.030) may be"),
        (Measure(-0.02, -0.03, 0.01), "The baseline 0 did better on the same rows; the difference"),
        (Measure(0.0, -0.03, 0.01), "The baseline 0 did just as well"),
        (Measure(0.02, None, None), "It did better than the baseline 0, but the difference may be chance"),
        (Measure(0.02, math.nan, math.nan), "It did better than the baseline 0, but the difference may be chance"),
    ],
)
def test_the_comparison_follows_the_paired_difference(classification, gain, said):
    """The intervals of both models overlap in every case."""
    wide = Measure(0.9, 0.5, 1.0)
    assert comparison(classification, wide, (wide, gain)).startswith(said)


def test_where_lower_is_better_the_lower_wins(regression):
    assert judge(regression).comparison.startswith("It is better than every baseline on the same rows, by 10,989")
    worse = comparison(
        regression, Measure(9.0, 8.0, 10.0), (Measure(1.0, 0.5, 1.5), Measure(-8.0, -9.0, -7.0)), higher=False
    )
    assert "did clearly better" in worse


def test_the_best_of_several_baselines_counts(classification):
    low = (Measure(0.5, 0.4, 0.6), Measure(0.4, 0.3, 0.5))
    high = (Measure(0.99, 0.98, 1.0), Measure(-0.09, -0.1, -0.08))
    assert comparison(classification, Measure(0.9, 0.85, 0.95), low, high).startswith(
        "The baseline 1 did clearly better"
    )


def test_without_a_measure_there_is_no_result(bare):
    assert str(judge(bare)) == "No test result: accuracy could not be measured."


def test_without_baselines_nothing_is_compared(classification):
    assert comparison(classification, Measure(0.9, 0.8, 1.0)) == ""
