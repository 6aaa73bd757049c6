"""The run in two sentences: how good it is on rows it never saw, and whether that beats the simple ways."""

from dataclasses import dataclass

from netwright.core.evidence import Evaluation, Measure
from netwright.core.values import EnsembleSummary, LearningCurve, RunSummary
from netwright.report.names import baseline_name, metric_name
from netwright.report.numbers import counted, interval, is_finite, show, spread

UNKNOWN = Measure(None, None, None)


@dataclass(frozen=True)
class Verdict:
    """`result` states the numbers; `comparison` says what they are worth beside the baselines."""

    result: str
    comparison: str

    def __str__(self) -> str:
        return f"{self.result} {self.comparison}".strip()


@dataclass(frozen=True)
class Rival:
    """A baseline's name in words, its measure of the headline metric, and how much better the network is."""

    name: str
    measure: Measure
    gain: Measure


def judge(summary: RunSummary) -> Verdict:
    """Say how the network did on the test rows, and honestly so where a baseline did better."""
    evaluation = summary.evaluation
    ours = evaluation.metrics.get(evaluation.headline)
    if ours is None or not is_finite(ours.value):
        return Verdict(f"No test result: {evaluation.headline} could not be measured.", "")
    rivals = rivals_of(evaluation)
    return Verdict(result(evaluation, ours, rivals), comparison(evaluation, rivals))


def rivals_of(evaluation: Evaluation) -> list[Rival]:
    measured = [
        Rival(baseline_name(name), metrics[evaluation.headline], evaluation.gains.get(name, UNKNOWN))
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


def comparison(evaluation: Evaluation, rivals: list[Rival]) -> str:
    """Weigh the network against the best baseline by their differences on the same resampled rows.

    Two intervals may overlap although every resample puts the same model first; the interval of the difference tells.
    """
    if not rivals:
        return ""
    sign = 1 if evaluation.higher_is_better else -1
    best = max(rivals, key=lambda rival: sign * (rival.measure.value or 0.0))
    gain = best.gain
    if is_finite(gain.low) and gain.low > 0:
        return clear_win(best, rivals)
    if is_finite(gain.high) and gain.high < 0:
        return clear_loss(best)
    return close_call(best)


def clear_win(best: Rival, rivals: list[Rival]) -> str:
    than = "every baseline" if len(rivals) > 1 else f"the {best.name}"
    next_best = f" over the {best.name}" if len(rivals) > 1 else ""
    return f"It is better than {than} on the same rows, by {show(best.gain.value)} ({interval(best.gain)}){next_best}."


def clear_loss(best: Rival) -> str:
    gain = best.gain
    by = interval(Measure(None, _negative(gain.high), _negative(gain.low)))
    return (
        f"The {best.name} did clearly better on the same rows, by {show(_negative(gain.value))} ({by}): "
        "use that, or change the network before trusting it."
    )


def _negative(value: float | None) -> float | None:
    return None if value is None else -value


def close_call(best: Rival) -> str:
    gain = best.gain.value or 0.0
    around = f" ({interval(best.gain)})" if is_finite(best.gain.low) else ""
    unsettled = f"the difference{around} may be chance, so these rows do not settle which is better"
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
