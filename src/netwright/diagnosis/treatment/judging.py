"""Whether a change helped: paired differences over seeds against what was there, and against random changes.

Nothing here knows what is treated: scores go in, higher is better, one a seed and in the same order everywhere.
"""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, replace

from netwright.diagnosis.treatment.values import TrialRow

SURE = 0.05  # probability of a gain where there is none, below which it counts as proven
LEAST_GAIN = 0.005  # of a score: less is no cure, however sure
NEAR = 0.02  # of a score: two points of accuracy
LEAST_DIFFERENCE = 1e-9  # of means: less is rounding

Scores = Sequence[float | None]


@dataclass(frozen=True)
class Comparison:
    """Paired scores of two trainings."""

    gain: float  # mean difference
    error: float  # its standard error; infinite of a single pair
    probability: float  # of such a gain or a larger one by chance
    wins: int
    pairs: int

    @property
    def proven(self) -> bool:
        return self.gain >= LEAST_GAIN and self.probability < SURE


def compare(before: Scores, after: Scores, floor: float = 0.0) -> Comparison:
    """Compare paired scores; one that is not finite counts as `floor`, the worst there is.

    The probability is the smaller of a one-sided paired t test's and a sign test's (from 5 pairs on, the fewest at
    which one can be below 0.05). Differences that are all the same leave no doubt.
    """
    differences = [filled(new, floor) - filled(old, floor) for old, new in zip(before, after, strict=False)]
    gain, pairs = statistics.fmean(differences), len(differences)
    wins = sum(difference > 0 for difference in differences)
    if pairs < 2:
        return Comparison(gain, math.inf, 1.0, wins, pairs)
    error = statistics.stdev(differences) / math.sqrt(pairs)
    return Comparison(gain, error, min(t_test(gain, error, pairs), sign_test(differences)), wins, pairs)


def filled(score: float | None, floor: float) -> float:
    return floor if score is None or not math.isfinite(score) else max(score, floor)


def mean(scores: Scores, floor: float = 0.0) -> float | None:
    """Return the mean score; None of none."""
    return statistics.fmean(filled(score, floor) for score in scores) if scores else None


def t_test(gain: float, error: float, pairs: int) -> float:
    """Return the one-sided probability of a paired t test (Student 1908)."""
    from scipy.special import stdtr

    if error < 1e-9:
        return 0.0 if gain > 0 else 1.0
    return float(stdtr(pairs - 1, -gain / error))


def sign_test(differences: Sequence[float]) -> float:
    """Return the one-sided probability of so many gains among the pairs that differ; 1 of fewer than 5."""
    unequal = [difference for difference in differences if difference != 0.0]
    if len(unequal) < 5:
        return 1.0
    wins = sum(difference > 0 for difference in unequal)
    return sum(math.comb(len(unequal), count) for count in range(wins, len(unequal) + 1)) / 2.0 ** len(unequal)


def undecided(comparison: Comparison) -> bool:
    """Whether more seeds could prove a gain that is there in the mean."""
    return not comparison.proven and comparison.gain >= LEAST_GAIN and comparison.gain > comparison.error / 2.0


def typical(controls: Sequence[Scores], floor: float = 0.0) -> tuple[float, ...]:
    """Return, for each seed, what a random change comes to in the mean of those tried."""
    shortest = min((len(scores) for scores in controls), default=0)
    return tuple(statistics.fmean(filled(scores[seed], floor) for scores in controls) for seed in range(shortest))


def judge(row: TrialRow, before: Scores, controls: Sequence[Scores], floor: float = 0.0) -> TrialRow:
    """Return a trial with its verdict: kept where it is proven better than what was there and than a random change.

    Args:
        row: with its scores.
        before: scores of the training that the change was added to.
        controls: scores of random changes of equal budget, each one a seed; empty where none were made.
        floor: the worst score.
    """
    against_before = compare(before, row.scores, floor)
    usual = typical(controls, floor)
    against_random = compare(usual, row.scores[: len(usual)], floor) if usual else None
    kept = against_before.proven and (against_random is None or against_random.gain > LEAST_DIFFERENCE)
    judged = replace(
        row,
        mean=mean(row.scores, floor),
        gain=against_before.gain,
        error=against_before.error if math.isfinite(against_before.error) else None,
        probability=against_before.probability,
        over_random=against_random.gain if against_random else None,
        kept=kept,
    )
    return replace(judged, verdict=verdict(judged, against_before, against_random))


def verdict(row: TrialRow, before: Comparison, random: Comparison | None) -> str:
    """Return one sentence that says what a trial proved."""
    said = f"{before.gain:+.3f} on {before.pairs} paired seeds, better in {before.wins}"
    if row.kept:
        over = f", {random.gain:+.3f} over a random change" if random else ""
        return f"kept: {said} (p = {before.probability:.3f}){over}"
    if before.proven:
        return f"reverted: {said}, but a random change of equal budget does as well"
    if before.gain >= LEAST_GAIN:
        return f"reverted: {said}, which chance may have done (p = {before.probability:.2f})"
    return f"reverted: {said}"


def near(score: float | None, best: float | None, margin: float = NEAR) -> bool:
    """Whether a score is as good as the best, but for a margin."""
    return score is not None and best is not None and score >= best - margin


def conclusion(before: float | None, after: float | None, kept: Sequence[str], unit: str) -> str:
    """Return the sentence that a treatment ends in."""
    if not kept:
        return "No remedy is proven to help: the training is as it was."
    told = "; ".join(kept)
    return f"Treated: {told}. {unit[:1].upper() + unit[1:]} from {number(before)} to {number(after)}."


def number(score: float | None) -> str:
    return "none" if score is None else f"{score:.3f}"
