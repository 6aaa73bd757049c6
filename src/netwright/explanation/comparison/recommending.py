"""Which model to take: of those as good as the best, the one that is simplest, fastest and easiest to follow."""

from collections.abc import Callable, Sequence

from netwright.core.comparison import Recommendation
from netwright.core.evidence import Measure
from netwright.explanation.comparison.measuring import difference
from netwright.explanation.comparison.standing import Standing, best_of, in_digits

RULE = (
    "The best is named by the validation rows. As good as it is every model whose difference from it on the test rows, "
    "paired over the same resamples, has an interval that reaches 0. Of these the least sum of three ranks is taken: "
    "numbers that a decision goes through, training time, time to answer for one row; of equals, the better on "
    "validation rows."
)
WORTH: dict[str, Callable[[Standing], float]] = {
    "numbers": lambda one: one.reaching,
    "training": lambda one: one.seconds,
    "answers": lambda one: one.row_seconds,
}


def behind(best: Standing, one: Standing) -> Measure:
    """Return how much worse a model is than the best; above 0 is worse."""
    return Measure(0.0, 0.0, 0.0) if one is best else difference(best.full, one.full).measure()


def is_alike(gap: Measure) -> bool:
    """Whether a gap is no larger than what another draw of test rows makes of it."""
    return gap.low is None or gap.low <= 0.0


def recommend(standings: Sequence[Standing], rows: int) -> Recommendation:
    """Return the model to take.

    Args:
        standings: at least one.
        rows: of the test part.
    """
    best = best_of(standings)
    alike = [one for one in standings if is_alike(behind(best, one))]
    ranks = {one.name: sum(_rank(one, alike, worth) for worth in WORTH.values()) for one in alike}
    taken = min(alike, key=lambda one: (ranks[one.name], -one.validation))
    cut = [one.name for one in standings if not one.whole]
    reason = _reason(taken, best, alike, rows)
    reason += f" The budget cut short: {', '.join(cut)}; with more time they may be better." if cut else ""
    return Recommendation(taken.name, f"Take the {taken.name}.", reason, RULE)


def _rank(one: Standing, among: Sequence[Standing], worth: Callable[[Standing], float]) -> int:
    return sum(worth(other) < worth(one) for other in among)


def _reason(taken: Standing, best: Standing, alike: Sequence[Standing], rows: int) -> str:
    others = [one.name for one in alike if one is not taken]
    if not others:
        return f"No other model is as good on the {rows:,} test rows."
    several = (
        f"{', '.join(others)} {'is' if len(others) == 1 else 'are'} not told apart from it on the {rows:,} test rows"
    )
    if taken is best:
        return f"It is the best, and of those as good also the simplest: {several}."
    gap = behind(best, taken)
    how = "" if gap.value is None else f" (difference {gap.value:+.3g}, interval {gap.low:+.3g} to {gap.high:+.3g})"
    return (
        f"It is as good as the best, the {best.name}{how}, and of the {len(alike)} models as good the one with "
        f"the least to follow, to train and to wait for: {taken.reaching:,} numbers a decision against "
        f"{best.reaching:,}, {in_digits(taken.seconds)} s of training against {in_digits(best.seconds)} s."
    )
