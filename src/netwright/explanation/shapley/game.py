"""What Shapley values are computed of: players, and what each coalition of them is worth.

A game may have worlds, the rows that stand in for absent players; what a coalition is worth is the mean over them.
Many games of the same players and worlds (the rows that are explained) are asked together.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

Coalitions = Bool[np.ndarray, "asked players"]
Numbers = Int[np.ndarray, " asked"]
Values = Float[np.ndarray, "asked games"]
BLOCK = 1 << 16  # coalitions in worlds that are asked at once


@dataclass(frozen=True)
class Game:
    """`values(coalitions, worlds, games)`: float64 [asked, games], each coalition in the world of its line."""

    players: int
    values: Callable[[Coalitions, Numbers, Int[np.ndarray, " games"]], Values]
    worlds: int = 1
    games: int = 1

    def of(self, coalitions: Coalitions, games: Int[np.ndarray, " games"]) -> Values:
        """Return the mean over the worlds of each coalition in some of the games."""
        step = max(1, BLOCK // self.worlds)
        return np.concatenate([self._mean(coalitions[at : at + step], games) for at in range(0, len(coalitions), step)])

    def _mean(self, coalitions: Coalitions, games: Int[np.ndarray, " games"]) -> Values:
        worlds = np.tile(np.arange(self.worlds), len(coalitions))
        found = self.values(np.repeat(coalitions, self.worlds, axis=0), worlds, games)
        mean: Values = found.reshape(len(coalitions), self.worlds, len(games)).mean(axis=1)
        return mean


@dataclass(frozen=True)
class Shapley:
    """The players' amounts; in each game they sum to `full - empty`."""

    amounts: Float[np.ndarray, "players games"]
    half: Float[np.ndarray, "players games"] | None  # of the 95% interval; None where the amounts are exact
    empty: Float[np.ndarray, " games"]  # what nobody is worth
    full: Float[np.ndarray, " games"]  # what all are worth together
    coalitions: Int[np.ndarray, " games"]  # asked in each game, counted in each world

    @property
    def width(self) -> Float[np.ndarray, " games"]:
        """The widest half interval of each game as a share of the sum of the amounts without their signs."""
        if self.half is None:
            return np.zeros(len(self.full))
        total = np.abs(self.amounts).sum(axis=0)
        share: Float[np.ndarray, " games"] = self.half.max(axis=0) / np.where(total > 0, total, 1.0)
        return share


def ends_of(game: Game) -> tuple[Float[np.ndarray, "worlds games"], Float[np.ndarray, "worlds games"]]:
    """Return what nobody and what everybody is worth in each world of each game."""
    worlds, nobody = np.arange(game.worlds), np.zeros((game.worlds, game.players), dtype=bool)
    values = game.values(np.concatenate([nobody, ~nobody]), np.tile(worlds, 2), np.arange(game.games))
    return values[: game.worlds], values[game.worlds :]
