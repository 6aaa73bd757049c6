"""The run in two sentences: how good it is on rows it never saw, and whether that beats the simple ways."""

from dataclasses import dataclass

from netwright.core.evidence import Evaluation, Measure
from netwright.core.values import EnsembleSummary, LearningCurve, RunSummary
from netwright.report.names import baseline_name, metric_name
from netwright.report.numbers import counted, interval, is_finite, show, spread


@dataclass(frozen=True)
class Verdict:
    """`result` states the numbers; `comparison` says what they are worth beside the baselines."""

    result: str
    comparison: str

    def __str__(self) -> str:
        return f"{self.result} {self.comparison}".strip()


@dataclass(frozen=True)
class Rival:
    """A baseline's name in words and its measure of the headline metric."""

    name: str
    measure: Measure


def judge(summary: RunSummary) -> Verdict:
    """Say how the network did on the test rows, and honestly so where a baseline did better."""
    evaluation = summary.evaluation
    ours = evaluation.metrics.get(evaluation.headline)
    if ours is None or not is_finite(ours.value):
        return Verdict(f"No test result: {evaluation.headline} could not be measured.", "")
    rivals = rivals_of(evaluation)
    return Verdict(result(evaluation, ours, rivals), comparison(evaluation, ours, rivals))


def rivals_of(evaluation: Evaluation) -> list[Rival]:
    measured = [
        Rival(baseline_name(name), metrics[evaluation.headline])
        for name, metrics in evaluation.baselines.items()
        if evaluation.headline in metrics
    ]
    return [rival for rival in measured if is_finite(rival.measure.value)]


def result(evaluation: Evaluation, ours: Measure, rivals: list[Rival]) -> str:
    label = metric_name(evaluation.headline, evaluation).label
    around = f" ({interval(ours)})" if is_finite(ours.low) and is_finite(ours.high) else ""
    beside = ", ".join(f"{rival.name} {show(rival.measure.value)}" for rival in rivals)
    rows = counted(evaluation.rows, "row")
    return f"{label} {show(ours.value)}{around} on {rows} it never saw{'; ' if beside else ''}{beside}."


def comparison(evaluation: Evaluation, ours: Measure, rivals: list[Rival]) -> str:
    """Weigh the network against the best baseline. Intervals that overlap settle nothing, and it says so."""
    if not rivals:
        return ""
    sign = 1 if evaluation.higher_is_better else -1
    best = max(rivals, key=lambda rival: sign * (rival.measure.value or 0.0))
    gain = sign * ((ours.value or 0.0) - (best.measure.value or 0.0))
    if apart(ours, best.measure):
        return clear_win(best, rivals) if gain > 0 else clear_loss(best)
    return close_call(best, gain)


def apart(one: Measure, other: Measure) -> bool:
    return _above(one, other) or _above(other, one)


def _above(one: Measure, other: Measure) -> bool:
    return is_finite(one.low) and is_finite(other.high) and one.low > other.high


def clear_win(best: Rival, rivals: list[Rival]) -> str:
    return f"Its 95% interval lies clear of {'every baseline' if len(rivals) > 1 else f'the {best.name}'}."


def clear_loss(best: Rival) -> str:
    return f"The {best.name} did clearly better on the same rows: use that, or change the network before trusting it."


def close_call(best: Rival, gain: float) -> str:
    unsettled = "the 95% intervals overlap, so these rows do not settle which is better"
    if gain > 0:
        return f"It did better than the {best.name}, but {unsettled}."
    tie = "just as well" if gain == 0 else "better"
    return f"The {best.name} did {tie} on the same rows; {unsettled}, and the simpler model may do."


def worth_of(ensemble: EnsembleSummary) -> str:
    """Say what averaging was worth on the test rows: the mean network alone, and how far the average lies from it."""
    if ensemble.gain is None:
        return ""
    networks = f"{metric_name(ensemble.headline, ensemble).label} of {counted(ensemble.kept, 'network')}"
    alone = f"{networks} {spread(ensemble.mean, ensemble.deviation)} alone on the test rows"
    beside = "better" if ensemble.gain > 0 else "worse"
    gain = f"{show(abs(ensemble.gain))} {beside}" if ensemble.gain else "the same"
    return f"{alone}; averaged {show(ensemble.value)}, {gain}."


def folds_in_words(ensemble: EnsembleSummary) -> str:
    """Say what the folds came to, with the caveat that belongs to it; nothing where there are none."""
    found = ensemble.cross_validation
    if found is None:
        return ""
    label = metric_name(ensemble.headline, ensemble).label
    folds = f"{label} over {counted(len(found.folds), 'fold')} {spread(found.mean, found.deviation)}"
    pooled = f"all {counted(found.rows, 'row')} together {show(found.pooled.value)} ({interval(found.pooled)})"
    caveat = "These rows also chose each network’s epoch, so the test rows are the clean number."
    return f"{folds}; {pooled}. {caveat}"


def learning_in_words(curve: LearningCurve) -> str:
    """The mean by number of training rows, and what that promises."""
    values = ", ".join(f"{show(point.mean)} from {point.rows:,} rows" for point in curve.points)
    return f"{metric_name(curve.headline, curve).label} {values}. {curve.verdict}" if values else curve.verdict
