"""What the template of explanations may call, and which pictures there are."""

from collections.abc import Callable
from typing import Any

from netwright.core.explanations import TextHeat
from netwright.report.charts.dependence import dependence_picture
from netwright.report.charts.explained_series import explained_series
from netwright.report.charts.heat_layer import heat_layer
from netwright.report.charts.importance import importance_picture
from netwright.report.charts.removal import removal_picture
from netwright.report.charts.waterfall import waterfall
from netwright.report.explanation_words import (
    adds_up,
    checked_in_words,
    doubts_of,
    heading_of,
    importance_in_words,
    in_words,
    said_of,
    sentence,
    signed,
    standing_of,
)
from netwright.report.numbers import is_finite, percent

FAINT = 0.02  # of the largest amount of a text: weaker pieces have no colour


def pieces_of(text: TextHeat) -> list[tuple[str, float]]:
    """Pieces with their amounts; 0 where one is too weak to be coloured."""
    most = largest_of(text)
    known = zip(text.pieces, text.amounts, strict=True)
    return [(piece, amount if is_finite(amount) and abs(amount) > FAINT * most else 0.0) for piece, amount in known]


def full_of(amount: float, text: TextHeat) -> int:
    """How full the colour of a piece is, in percent."""
    return round(100 * abs(amount) / (largest_of(text) or 1.0))


def largest_of(text: TextHeat) -> float:
    return max((abs(amount) for amount in text.amounts if is_finite(amount)), default=0.0)


TOOLS: tuple[Callable[..., Any], ...] = (
    *(checked_in_words, dependence_picture, doubts_of, explained_series, full_of, heading_of, heat_layer),
    *(importance_in_words, importance_picture, in_words, percent, pieces_of, removal_picture, said_of, sentence),
    *(adds_up, signed, standing_of, waterfall),
)
