"""How far to trust the answers, in sentences: probabilities, threshold, prediction sets, slices, baselines."""

from collections.abc import Mapping

from netwright.core.evidence import Calibration, Coverage, Covered, Diagnostics, Evaluation, Measure, Slice, Slices
from netwright.core.values import RunSummary
from netwright.report.names import METRICS, baseline_name
from netwright.report.numbers import count, counted, duration, interval, percent, show

WORST = 3


def trust_in_words(evaluation: Evaluation, diagnostics: Diagnostics, run: RunSummary | None = None) -> dict[str, str]:
    """Return a sentence or two for each thing there is to say, by a heading of one word.

    Args:
        evaluation: on the test rows.
        diagnostics: of the same rows.
        run: whose calibration and baselines these are; None: of no concern.
    """
    calibration = None if run is None else run.calibration
    said = {"calibration": calibration_in_words(evaluation, diagnostics, calibration)}
    if calibration is not None and calibration.threshold != 0.5:
        reason = calibration.threshold_reason
        said["threshold"] = f"The second class is said above {show(calibration.threshold)}: {reason}."
    if diagnostics.coverage is not None:
        said["coverage"] = coverage_in_words(diagnostics.coverage)
    if diagnostics.slices is not None:
        said["slices"] = slices_in_words(diagnostics.slices)
    said["baselines"] = baselines_in_words(evaluation, {} if run is None else run.baseline_seconds)
    return {heading: words for heading, words in said.items() if words}


def baselines_in_words(evaluation: Evaluation, seconds: Mapping[str, float]) -> str:
    """How long each took to fit, and why any is missing."""
    took = ", ".join(f"{baseline_name(name)} {duration(fitted)}" for name, fitted in seconds.items())
    missing = [f"The {baseline_name(name)} were not fitted: {why}." for name, why in evaluation.skipped.items()]
    return " ".join([f"Fitted in: {took}."] * bool(took) + missing)


def calibration_in_words(evaluation: Evaluation, found: Diagnostics, calibration: Calibration | None) -> str:
    """Whether probabilities mean what they say, before and after the temperature."""
    after, before = evaluation.metrics.get("calibration_error"), found.calibration_error_before
    if after is None:
        return ""
    honest = ""
    if found.calibration_error_honest is not None:
        honest = f"; probabilities that are exactly right would show {show(found.calibration_error_honest)}"
    if before is None or calibration is None:
        why = f" T = 1: {calibration.temperature_reason}." if calibration is not None else ""
        return f"Calibration error {show(after.value)} ({interval(after)}){honest}.{why}"
    sure = "too sure" if calibration.temperature > 1 else "not sure enough"
    error = f"calibration error {show(before.value)} → {show(after.value)} ({interval(after)})"
    return f"T = {calibration.temperature:.2f}: probabilities were {sure}; {error} on the test rows{honest}."


def coverage_in_words(found: Coverage) -> str:
    """What prediction sets or intervals were asked to hold, and held; and whom they serve worst."""
    kind = "sets" if found.sizes else "intervals"
    if found.quantile is None:
        return f"Too few validation rows for {kind} that hold the truth of {found.asked:.0%}: each holds everything."
    size = f"{found.every.size or 0:.2f} classes" if found.sizes else f"{show(found.every.size)} wide"
    value = percent(found.every.covered.value)
    held = f"Prediction {kind} asked to hold the truth of {found.asked:.0%} of rows hold {value}"
    easy = "the most probable class alone is right more often than that" if found.every.size == 1 else ""
    expected = f"{percent(found.expected[0])} to {percent(found.expected[1])} was to be expected"
    return f"{held} ({easy or expected}), {size}{' on average' if found.sizes else ''}.{_least(found)}"


def _least(found: Coverage) -> str:
    def of(group: Covered) -> float:
        return group.covered.value or 0.0

    if len(found.groups) < 2:
        return ""
    least = min(found.groups, key=of)
    whose = f"class {least.group}" if found.sizes else f"the {least.group} of predictions"
    return f" Least for {whose}: {percents(least.covered)} of {counted(least.rows, 'row')}."


def percents(measure: Measure) -> str:
    """A share with its 95% interval."""
    low, high = percent(measure.low), percent(measure.high)
    return f"{percent(measure.value)} ({low} to {high})"


def slices_in_words(found: Slices) -> str:
    """How many slices were looked at, how many stand out, how many would by chance, and the worst of them."""
    small = (
        f"{counted(found.too_small, 'value')} with fewer than {found.least_rows} rows or no {_metric(found)} left out"
    )
    if not found.looked_at:
        return f"No slice was large enough; {small}." if found.too_small else ""
    looked = f"{counted(found.looked_at, 'slice')} looked at, {small if found.too_small else 'none left out'}"
    apart = f"{count(len(found.marked))} with an interval that leaves out the {_metric(found)} of all rows"
    chance = f"chance alone would make about {found.expected:.1g}" if found.expected < 10 else ""
    chance = chance or f"chance alone would make about {found.expected:.0f}"
    worst = "; ".join(map(_slice, found.shown[:WORST]))
    return f"{looked}; {apart} ({show(found.overall)}), where {chance}. Worst: {worst}."


def _slice(entry: Slice) -> str:
    measured = f"{show(entry.measure.value)} ({interval(entry.measure)})"
    return f"{entry.column} {entry.value} {measured} on {counted(entry.rows, 'row')}"


def _metric(found: Slices) -> str:
    label = METRICS[found.metric].label if found.metric in METRICS else found.metric
    return label if label.isupper() or label[1:2].isupper() or label[1:2].isdigit() else label[:1].lower() + label[1:]
