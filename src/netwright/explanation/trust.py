"""Whether explanations can be believed: what each method's amounts are tested for, and what is said of it."""

from collections.abc import Callable
from dataclasses import dataclass

from jaxtyping import Float
from torch import Tensor

from netwright.core.explanations import Check, RemovalCurve
from netwright.explanation.amounts import Amounts
from netwright.explanation.asked import Asked
from netwright.explanation.curves import curve_checks, removal_curves
from netwright.explanation.integrated_gradients import TOLERANCE
from netwright.explanation.randomised import randomised_weights
from netwright.explanation.reading import Reading
from netwright.explanation.shapley.parts import LIMIT

LIKE, LEAST_REFERENCES, NOISE = 0.8, 4, 0.05
Explainer = Callable[[Asked], Amounts]


@dataclass(frozen=True)
class Trust:
    """What tests say of one row's explanation."""

    checks: tuple[Check, ...]
    deletion: RemovalCurve | None = None
    insertion: RemovalCurve | None = None


def trust_in(asked: Asked, found: Amounts, explain: Explainer, rows: int) -> list[Trust]:
    """Test explanations: completeness of all, the rest of the first `rows`; one test of random weights holds for all.

    Args:
        asked: the rows.
        found: their amounts.
        explain: the method that found them.
        rows: that all tests are made of.
    """
    some = asked.first(min(rows, asked.rows))
    sane = [randomised_weights(some, lambda other: explain(other).parts)] if some.rows else []
    steady = _stability(some, found, explain)
    trust = []
    for row in range(asked.rows):
        gap, width = (None if part is None else float(part[row]) for part in (found.gap, found.width))
        checks = [completeness(gap, width)]
        if row >= some.rows:
            trust.append(Trust((*checks, *sane)))
            continue
        deletion, insertion = removal_curves(asked.removal(row), found.parts[row], row)
        checks += [*curve_checks(deletion, insertion), *sane, steady[row]]
        trust.append(Trust(tuple(checks), deletion, insertion))
    return trust


def completeness(gap: float | None, width: float | None = None) -> Check:
    """Say whether amounts add up and, of sampled ones, whether their intervals are narrow."""
    if width is not None and width > LIMIT:
        words = f"not converged: the widest 95% interval is ±{width:.1%} of all amounts together"
        return Check("completeness", False, width, LIMIT, words)
    if gap is None:
        return Check("completeness", None, None, None, "amounts of this method are not meant to add up")
    holds = gap <= TOLERANCE
    words = f"amounts miss the difference that they explain by {gap:.2%}"
    return Check("completeness", holds, gap, TOLERANCE, words if holds else f"not converged: {words}")


def _stability(some: Asked, found: Amounts, explain: Explainer) -> list[Check]:
    """Compare each row's amounts by two halves of its references or, of few, with those where noise was added."""
    if not some.rows:
        return []
    if some.each >= LEAST_REFERENCES:
        halves = zip(explain(some.against(0, 2)).parts, explain(some.against(1, 2)).parts, strict=True)
        return [_halves_agree(cosine(one, other)) for one, other in halves]
    if found.places is None:  # answers alone were asked
        words = "nothing is drawn: it is the same every time"
        return [Check("stability", None, None, LIKE, words) for _ in range(some.rows)]
    reading = some.question.reading
    shaken = explain(some.by(Reading(reading.module, some.inputs, NOISE))).parts
    words = f"with noise of {NOISE:.0%} added to what is read, amounts agree with these to {{:.2f}} (1: the same)"
    figures = [cosine(one, other) for one, other in zip(found.parts, shaken, strict=False)]
    return [Check("stability", figure >= LIKE, figure, LIKE, words.format(figure)) for figure in figures]


def _halves_agree(agreement: float) -> Check:
    """Say how stable the mean over both halves is: 2 r / (1 + r) (C. Spearman, W. Brown, 1910)."""
    figure = 2.0 * agreement / (1.0 + agreement) if agreement > 0.0 else agreement
    words = f"two halves of the references agree to {agreement:.2f}, so that all are stable to {figure:.2f} (1: wholly)"
    return Check("stability", figure >= LIKE, figure, LIKE, words)


def cosine(one: Float[Tensor, " parts"], other: Float[Tensor, " parts"]) -> float:
    """Return the cosine of two explanations; 1 where one is empty."""
    size = one.norm() * other.norm()
    return float(one @ other / size) if size > 0 else 1.0
