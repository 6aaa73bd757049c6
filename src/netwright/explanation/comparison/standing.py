"""How the models of a comparison stand, as claims and the recommendation read it: higher is always better here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from netwright.core.comparison import Side
from netwright.core.evidence import Measure
from netwright.training.evaluation.bootstrap import Sampled


@dataclass(frozen=True)
class Standing:
    """One model. Its scores were resampled as those of all others, so that differences are paired."""

    name: str
    side: Side
    validation: float  # on validation rows
    full: Sampled  # on the test rows, after learning from all rows
    seconds: float  # of the training
    row_seconds: float  # to answer for one row
    reaching: int  # numbers that one decision goes through
    small: Sampled | None = None  # after learning from the fewest rows
    raw: Sampled | None = None  # after learning from raw columns
    fidelity: Measure | None = None
    whole: bool = True  # False where the budget cut its training short


def best_of(standings: Iterable[Standing], side: Side | None = None) -> Standing:
    """Return the best on validation rows, of one side or of all; test rows choose nothing."""
    return max((one for one in standings if side in (None, one.side)), key=lambda one: one.validation)


def has_both_sides(standings: Sequence[Standing]) -> bool:
    return {one.side for one in standings} == {"shallow", "deep"}


def in_digits(value: float) -> str:
    """Return two digits of a number, whole from 10 on.

    >>> in_digits(0.0321), in_digits(1234.5)
    ('0.032', '1,234')
    """
    return f"{value:,.0f}" if value >= 10.0 else f"{value:.2g}"
