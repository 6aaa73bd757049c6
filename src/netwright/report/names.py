"""Metrics and baselines as people call them, and which way a metric points."""

from dataclasses import dataclass

from netwright.core.comparison import Comparison
from netwright.core.evidence import Evaluation
from netwright.core.values import EnsembleSummary, LearningCurve


@dataclass(frozen=True)
class MetricName:
    """`label` stands in running text and headings, `meaning` says in one clause what is measured."""

    label: str
    higher_is_better: bool | None
    meaning: str


METRICS: dict[str, MetricName] = {
    "accuracy": MetricName("Accuracy", True, "share of rows called right"),
    "auc": MetricName("AUC", True, "chance that a positive row scores above a negative one"),
    "balanced_accuracy": MetricName("Balanced accuracy", True, "share called right, averaged over the two classes"),
    "mcc": MetricName("MCC", True, "correlation of what is said with the truth"),
    "calibration_error": MetricName("Calibration error", False, "gap of probability and frequency, in 15 equal bins"),
    "f1": MetricName("F1", True, "harmonic mean of precision and recall"),
    "macro_f1": MetricName("Macro F1", True, "F1, averaged over classes"),
    "log_loss": MetricName("Log loss", False, "mean −log p(true class), in nats"),
    "brier": MetricName("Brier score", False, "mean squared error of the probability"),
    "rmse": MetricName("RMSE", False, "root mean squared error, in the target’s unit"),
    "mae": MetricName("MAE", False, "mean absolute error, in the target’s unit"),
    "r2": MetricName("R²", True, "share of the variance explained"),
}

BASELINES: dict[str, str] = {
    "majority": "majority guess",
    "mean": "guessing the mean",
    "linear": "linear model",
}


def metric_name(name: str, evaluation: Evaluation | EnsembleSummary | LearningCurve | Comparison) -> MetricName:
    """Known names from the table; others as they are, and for the headline the direction the evaluation states."""
    known = METRICS.get(name, MetricName(name.replace("_", " ").capitalize(), None, ""))
    direction = evaluation.higher_is_better if name == evaluation.headline else known.higher_is_better
    return MetricName(known.label, direction, known.meaning)


def baseline_name(name: str) -> str:
    return BASELINES.get(name, name.replace("_", " "))


def direction(name: MetricName) -> str:
    """'higher is better', 'lower is better', or nothing where it is not known."""
    return {True: "higher is better", False: "lower is better", None: ""}[name.higher_is_better]
