"""What a run is judged by, as plain values."""

import math
from dataclasses import dataclass
from typing import Literal

from netwright.core.errors import RecipeError
from netwright.core.evidence import COVERAGES
from netwright.core.values import Task

MetricName = Literal[
    "accuracy", "balanced_accuracy", "f1", "mcc", "auc", "log_loss", "brier", "calibration_error",
    "macro_f1", "rmse", "mae", "r2",
]  # fmt: skip
OF_DECISIONS: tuple[MetricName, ...] = ("accuracy", "balanced_accuracy", "f1", "mcc")  # they depend on a threshold
LEADING: dict[Task, tuple[MetricName, ...]] = {
    "binary": (*OF_DECISIONS, "auc", "log_loss", "brier", "calibration_error"),
    "multiclass": ("accuracy", "macro_f1", "log_loss", "calibration_error"),
    "regression": ("rmse", "mae", "r2"),
}


@dataclass(frozen=True)
class EvaluationConfig:
    """What leads the tables, what prediction sets must cover and which baselines are fitted."""

    metric: MetricName | None = None  # None: by task; for two classes the threshold is chosen for the one asked
    coverage: float = 0.9  # share of rows whose prediction set or interval must hold the truth
    trees: bool = True  # fit boosted trees as a baseline

    def sets_threshold(self, task: Task) -> bool:
        """Whether the metric asked for depends on the threshold of P(second class)."""
        return task == "binary" and self.metric in OF_DECISIONS


def validate_evaluation(config: EvaluationConfig, task: Task | None = None) -> None:
    """Check the ranges, and once the task is known that it has the metric.

    Raises:
        RecipeError: one sentence that names the setting, what was expected and what came.
    """
    check_coverage(config.coverage, "evaluation.coverage")
    if task is not None and config.metric is not None and config.metric not in LEADING[task]:
        expected = ", ".join(LEADING[task])
        raise RecipeError(f"evaluation.metric: expected one of {expected} for a {task} task, got {config.metric!r}")


def check_coverage(coverage: float, name: str) -> None:
    """Raise RecipeError unless it is a whole percentage for which quantiles are kept."""
    if not any(math.isclose(100 * coverage, percent, abs_tol=1e-6) for percent in COVERAGES):
        raise RecipeError(f"{name}: expected a whole percentage from 0.50 to 0.99 such as 0.9, got {coverage}")
