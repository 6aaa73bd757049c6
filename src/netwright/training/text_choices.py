"""What was decided of text columns, in words: what is read of a cell, and how many cells are cut off."""

import numpy as np
from numpy.typing import NDArray

from netwright.core.values import Choice
from netwright.data import Preparation, Table


def text_choices(preparation: Preparation, table: Table, rows: NDArray[np.int64]) -> tuple[Choice, ...]:
    """Return a choice for each text: its vocabulary and length, and the training cells that are longer.

    Args:
        preparation: learnt from `rows`.
        table: that holds them.
        rows: positions in its frame.
    """
    return tuple(
        Choice(
            f"preparation.text.{words.column}",
            f"{words.length} words of a vocabulary of {len(words.vocabulary):,}, {words.parts} parts of words",
            "words that two training cells hold; "
            f"{words.cut(table.frame[words.column].gather(rows)):,} of {len(rows):,} cells are longer and cut off",
        )
        for words in preparation.texts
    )
