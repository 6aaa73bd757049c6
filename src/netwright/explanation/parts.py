"""Amounts as the parts of an explanation."""

from netwright.core.explanations import Part
from netwright.explanation.amounts import Amounts
from netwright.explanation.asked import Pieces


def parts_of_row(pieces: Pieces, found: Amounts, row: int) -> tuple[Part, ...]:
    """Return the parts of a row with their amounts, in the order in which they are read."""
    amounts = found.parts[row].tolist()
    nothing: list[float | None] = [None] * len(amounts)
    lows, highs = (nothing if one is None else one[row].tolist() for one in (found.low, found.high))
    values, references = (given or ("",) * len(amounts) for given in (pieces.values, pieces.references))
    columns = zip(pieces.names, amounts, values, references, lows, highs, strict=True)
    return tuple(Part(*column) for column in columns)
