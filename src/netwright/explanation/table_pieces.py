"""A row of a table as its raw columns: each with all that it writes of what the network reads."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np
import polars as pl
import torch
from torch import Tensor

from netwright.explanation.asked import Pieces
from netwright.explanation.players import Player
from netwright.explanation.reading import Inputs

LONGEST = 80  # letters of a cell that are shown


def table_pieces(players: Sequence[Player], inputs: Inputs, frame: pl.DataFrame, others: pl.DataFrame) -> list[Pieces]:
    """Return the parts of each row.

    Args:
        players: a raw column each.
        inputs: of the rows.
        frame: their cells.
        others: rows that they are compared with.
    """
    shares = tuple(_shares(players, number, tensor) for number, tensor in enumerate(inputs))
    names = tuple(player.name for player in players)
    usual = tuple("" if player.third else usual_cell(others[player.name]) for player in players)
    cells = [[""] * frame.height if player.third else map(cell_text, frame[player.name]) for player in players]
    return [Pieces(names, shares, values, usual) for values in zip(*cells, strict=True)]


def _shares(players: Sequence[Player], number: int, tensor: Tensor) -> Tensor:
    found = torch.zeros(len(players), *tensor.shape[1:])
    for share, player in zip(found, players, strict=True):
        if number == 2:
            share += float(player.third)
        else:
            share[list(player.numeric if number == 0 else player.categorical)] = 1.0
    return found


def usual_cell(cells: pl.Series) -> str:
    """Return the middle of numbers and dates, the most frequent of other cells."""
    if not len(cells):
        return ""
    present = cells.drop_nulls()
    if not len(present):
        return "missing"
    if cells.dtype.is_numeric():
        return cell_text(present.median())
    if cells.dtype.is_temporal():
        return cell_text(present.sort()[len(present) // 2])
    if cells.dtype == pl.String and present.n_unique() == len(present) > 1:
        return ""
    return cell_text(present.mode().sort()[0])


def cell_text(cell: object) -> str:
    """Return a cell as it is shown."""
    if cell is None:
        return "missing"
    if isinstance(cell, float | np.floating):
        return f"{cell:.6g}"
    text = str(cell).removesuffix(" 00:00:00") if isinstance(cell, datetime) else str(cell)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
