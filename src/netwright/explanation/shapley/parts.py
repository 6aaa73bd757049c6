"""The Shapley values of the parts of rows, whatever the rows hold."""

from dataclasses import replace

import numpy as np
import torch
from jaxtyping import Int

from netwright.explanation.asked import Asked, Pieces
from netwright.explanation.players import Player
from netwright.explanation.question import taken
from netwright.explanation.reading import Inputs
from netwright.explanation.shapley.game import Coalitions, Game, Numbers, Shapley, Values
from netwright.explanation.shapley.replacing import replacing_game
from netwright.explanation.shapley.values import shapley_values

LIMIT = 0.05  # half interval, of the sum of the amounts without their signs, above which amounts have not converged


def shapley_parts(asked: Asked, seed: int = 0) -> list[Shapley]:
    """Return the amounts of each row's parts: of columns beside reference rows, of others by taking parts out."""
    if asked.rewriting is not None or not all(_are_columns(asked.inputs, pieces) for pieces in asked.pieces):
        return [shapley_values(_taking_out(asked, row), seed=seed) for row in range(asked.rows)]
    if not _share_references(asked):
        return [found for row in range(asked.rows) for found in _of_columns(asked, np.array([row]), seed)]
    return _of_columns(asked, np.arange(asked.rows), seed)


def _of_columns(asked: Asked, rows: Int[np.ndarray, " rows"], seed: int) -> list[Shapley]:
    """Explain rows that are compared with the same references."""
    first, numbers = int(rows[0]), torch.from_numpy(rows)
    references = taken(asked.references, slice(first * asked.each, (first + 1) * asked.each))
    evidence = asked.question.evidence
    game = replacing_game(
        asked.question.reading.module,
        taken(asked.inputs, numbers),
        references,
        _players(asked.pieces[first]),
        lambda said, own: evidence(said, numbers[own]),
    )
    found = shapley_values(game, seed=seed)
    return [_one(found, slice(row, row + 1)) for row in range(len(rows))]


def _one(found: Shapley, game: slice) -> Shapley:
    half = None if found.half is None else found.half[:, game]
    return replace(
        found,
        amounts=found.amounts[:, game],
        half=half,
        empty=found.empty[game],
        full=found.full[game],
        coalitions=found.coalitions[game],
    )


def _taking_out(asked: Asked, row: int) -> Game:
    removal = asked.removal(row)

    def values(coalitions: Coalitions, _worlds: Numbers, _games: Int[np.ndarray, " games"]) -> Values:
        return removal(torch.from_numpy(coalitions)).double().numpy()[:, None]

    return Game(len(asked.pieces[row].names), values)


def _are_columns(inputs: Inputs, pieces: Pieces) -> bool:
    """Return whether each part has whole columns of numbers and categories, and one at most the third input."""
    flat = all(tensor.dim() == 2 for tensor in inputs[:2])
    return flat and all(int(share.flatten(1).any(dim=1).sum()) < 2 for share in pieces.shares[2:])


def _players(pieces: Pieces) -> tuple[Player, ...]:
    """Return the parts by the columns of the first two inputs, whatever these hold, that they have."""
    own = [[tuple(part.flatten().nonzero()[:, 0].tolist()) for part in share] for share in pieces.shares]
    while len(own) < 3:
        own.append([()] * len(pieces.names))
    columns = zip(pieces.names, *own, strict=True)
    return tuple(Player(name, first, second, bool(third)) for name, first, second, third in columns)


def _share_references(asked: Asked) -> bool:
    grouped = (tensor.reshape(asked.rows, asked.each, *tensor.shape[1:]) for tensor in asked.references)
    return all(bool((torch.nan_to_num(tensor) == torch.nan_to_num(tensor[:1])).all()) for tensor in grouped)
