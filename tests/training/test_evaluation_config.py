"""What can be asked of an evaluation, and in what words the rest is refused."""

from typing import get_args

import pytest

from netwright.core.errors import RecipeError
from netwright.training.evaluation.metrics import DECISIONS, METRICS
from netwright.training.evaluation_config import (
    LEADING,
    OF_DECISIONS,
    EvaluationConfig,
    MetricName,
    validate_evaluation,
)


def test_every_metric_can_be_asked_for_by_its_name():
    assert set(get_args(MetricName)) == {name for names in METRICS.values() for name in names}
    assert {task: set(names) for task, names in LEADING.items()} == {
        task: set(names) for task, names in METRICS.items()
    }
    assert set(OF_DECISIONS) == set(DECISIONS)


@pytest.mark.parametrize("coverage", [0.49, 1.0, 0.905, 90.0, float("nan")])
def test_a_coverage_without_quantiles_is_refused(coverage):
    with pytest.raises(RecipeError, match=r"whole percentage from 0.50 to 0.99"):
        validate_evaluation(EvaluationConfig(coverage=coverage))


def test_a_metric_of_another_task_is_refused_with_those_there_are():
    with pytest.raises(RecipeError, match=r"expected one of rmse, mae, r2 for a regression task, got 'f1'"):
        validate_evaluation(EvaluationConfig(metric="f1"), "regression")
    validate_evaluation(EvaluationConfig(metric="f1"), "binary")


def test_only_two_classes_have_a_threshold():
    assert EvaluationConfig(metric="accuracy").sets_threshold("binary")
    assert not EvaluationConfig(metric="accuracy").sets_threshold("multiclass")
    assert not EvaluationConfig(metric="auc").sets_threshold("binary")
    assert not EvaluationConfig().sets_threshold("binary")
