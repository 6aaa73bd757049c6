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
from netwright.explanation.shapley.reader import Inputs, Reader, owners_of, reader_of

Evidence = Callable[[Tensor, Tensor], Tensor]  # logits [asked, outputs], numbers of rows [asked] -> float [asked]
ASKED = 1 << 15  # coalitions in worlds of all rows that are told apart at once
AT_ONCE = 1024  # rows that the network reads at once: they stay in the processor's cache


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
    reader = reader_of(module, rows, background, owners_of(rows, players))

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
        kept_lines, others, numbers = (torch.from_numpy(part[first]) for part in (lines, other, row))
        said = evidence(_answers(reader, kept_lines, others, numbers), numbers)
        values: Float[np.ndarray, "games asked"] = said.double().numpy()[back].reshape(len(games), -1)
        return values

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


def _distinct(
    lines: Bool[np.ndarray, "asked players"], worlds: Numbers, rows: Numbers
) -> tuple[Int[np.ndarray, " distinct"], Numbers]:
    """Return the first of each kind of line, and for each line which kind it is."""
    codes = np.concatenate(
        [np.packbits(lines, axis=1), *(part.astype(np.uint32)[:, None].view(np.uint8) for part in (worlds, rows))],
        axis=1,
    )
    wide = -(-codes.shape[1] // 8) * 8
    codes = np.pad(codes, ((0, 0), (0, wide - codes.shape[1]))).view(np.uint64)
    order = np.lexsort(codes.T)
    ahead = codes[order]
    starts = np.concatenate([[True], (ahead[1:] != ahead[:-1]).any(axis=1)])
    back = np.empty(len(order), dtype=np.int64)
    back[order] = np.cumsum(starts) - 1
    return order[starts], back


def _answers(reader: Reader, kept: Tensor, worlds: Tensor, rows: Tensor) -> Tensor:
    """Return logits of the rows with what is kept, the rest from the background."""
    found = []
    with torch.inference_mode():
        for at in range(0, len(kept), AT_ONCE):
            some = slice(at, at + AT_ONCE)
            found.append(reader.answer(_replaced(reader, kept[some], worlds[some], rows[some])))
    return torch.cat(found)


def _replaced(reader: Reader, kept: Tensor, worlds: Tensor, numbers: Tensor) -> Inputs:
    made = []
    for tensor, other, owner in zip(reader.rows, reader.background, reader.owners, strict=True):
        own = kept[:, owner].reshape(len(kept), *([-1] if tensor.dim() == 2 else [1] * (tensor.dim() - 1)))
        made.append(torch.where(own, tensor[numbers], other[worlds]))
    return tuple(made)
