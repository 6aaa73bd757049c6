"""The game of a network's answer: absent columns take the cells of background rows.

What a coalition is worth is the mean, over the background rows, of the evidence for the answer with the coalition's
cells from the explained row and all others from the background row (the interventional value function). Columns that
are the same in both rows change nothing: coalitions that differ in such columns only are asked once.

Source: D. Janzing, L. Minorics, P. Blöbaum, Feature relevance quantification in explainable AI, 2020.
"""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from netwright.explanation.players import Player
from netwright.explanation.shapley.game import Coalitions, Game, Numbers, Values
from netwright.training.predict import predict_logits

Inputs = tuple[Tensor, ...]
Evidence = Callable[[Tensor, Tensor], Tensor]  # logits [asked, outputs], numbers of rows [asked] -> float [asked]
ASKED = 1 << 15  # rows of the network's input that are made at once


def replacing_game(
    module: nn.Module, rows: Inputs, background: Inputs, players: Sequence[Player], evidence: Evidence
) -> Game:
    """Return the game of each of the rows.

    Args:
        module: the network, on the inputs' device.
        rows: to explain, as the network takes them: numbers, categories[, pixels or series].
        background: rows that stand in for what is absent; each is a world of the game.
        players: which of the inputs come and go together.
        evidence: of logits and the numbers of the rows that they are for.
    """
    differs = torch.stack([_differs(rows, background, player) for player in players], dim=2).numpy()
    owners = _owners(rows, players)

    def values(coalitions: Coalitions, worlds: Numbers, games: Int[np.ndarray, " games"]) -> Values:
        found = np.empty((len(coalitions), len(games)))
        step = max(1, ASKED // max(len(coalitions), 1))
        for at in range(0, len(games), step):
            some = games[at : at + step]
            kept = coalitions & differs[some[:, None], worlds]
            found[:, at : at + step] = _ask(kept, worlds, some).T
        return found

    def _ask(
        kept: Bool[np.ndarray, "games asked players"], worlds: Numbers, games: Int[np.ndarray, " games"]
    ) -> Float[np.ndarray, "games asked"]:
        lines = kept.reshape(-1, len(players))
        other, row = np.tile(worlds, len(games)), np.repeat(games, len(worlds))
        first, back = _distinct(lines, other, row)
        made = _replaced(rows, background, owners, *(torch.from_numpy(part[first]) for part in (lines, other, row)))
        said = evidence(predict_logits(module, made), torch.from_numpy(row[first]))
        return said.double().numpy()[back].reshape(len(games), -1)

    return Game(len(players), values, len(background[0]), len(rows[0]))


def _differs(rows: Inputs, background: Inputs, player: Player) -> Bool[Tensor, "rows worlds"]:
    found = torch.zeros(len(rows[0]), len(background[0]), dtype=torch.bool)
    for tensor, other, columns in zip(rows, background, (player.numeric, player.categorical), strict=False):
        for column in columns:
            found |= tensor[:, column, None] != other[None, :, column]
    if player.third:
        for world in range(len(background[2])):
            found[:, world] |= (rows[2] != background[2][world]).flatten(1).any(dim=1)
    return found


def _owners(rows: Inputs, players: Sequence[Player]) -> tuple[Tensor, ...]:
    """Return which player each column of each input belongs to."""
    numeric, categorical = (torch.zeros(tensor.shape[1], dtype=torch.int64) for tensor in rows[:2])
    third = [number for number, player in enumerate(players) if player.third]
    for number, player in enumerate(players):
        numeric[list(player.numeric)] = number
        categorical[list(player.categorical)] = number
    return (numeric, categorical, *(torch.tensor(number) for number in third))


def _distinct(
    lines: Bool[np.ndarray, "asked players"], worlds: Numbers, rows: Numbers
) -> tuple[Int[np.ndarray, " distinct"], Numbers]:
    """Return the first of each kind of line, and for each line which kind it is."""
    codes = np.concatenate(
        [np.packbits(lines, axis=1), *(part.astype(np.uint32)[:, None].view(np.uint8) for part in (worlds, rows))], axis=1
    )
    wide = -(-codes.shape[1] // 8) * 8
    codes = np.pad(codes, ((0, 0), (0, wide - codes.shape[1]))).view(np.uint64)
    order = np.lexsort(codes.T)
    ahead = codes[order]
    starts = np.concatenate([[True], (ahead[1:] != ahead[:-1]).any(axis=1)])
    back = np.empty(len(order), dtype=np.int64)
    back[order] = np.cumsum(starts) - 1
    return order[starts], back


def _replaced(
    rows: Inputs, background: Inputs, owners: tuple[Tensor, ...], kept: Tensor, worlds: Tensor, numbers: Tensor
) -> Inputs:
    """Return inputs whose kept columns are those of the rows and whose others are the background's."""
    made = []
    for tensor, other, owner in zip(rows, background, owners, strict=True):
        own = kept[:, owner].reshape(len(kept), *([-1] if tensor.dim() == 2 else [1] * (tensor.dim() - 1)))
        made.append(torch.where(own, tensor[numbers], other[worlds]))
    return tuple(made)
