"""Shapley values by the way that fits the number of players."""

from typing import Literal

from netwright.explanation.shapley.exact import MOST_PLAYERS, exact_shapley
from netwright.explanation.shapley.game import Game, Shapley
from netwright.explanation.shapley.kernel import FEW, kernel_shapley
from netwright.explanation.shapley.permutations import permutation_shapley

Way = Literal["auto", "exact", "kernel", "permutations"]


def shapley_values(game: Game, way: Way = "auto", share: float = 0.01, seed: int = 0) -> Shapley:
    """Return each player's amount in each game.

    Args:
        game: what coalitions are worth.
        way: exact asks all coalitions of up to 12 players; kernel and permutations draw, with 95% intervals.
        share: half interval, of the sum of the amounts without their signs, at which drawing stops.
        seed: of what is drawn.
    """
    if way == "exact" or (way == "auto" and game.players <= MOST_PLAYERS):
        return exact_shapley(game)
    if way == "kernel" or (way == "auto" and game.players <= FEW):
        return kernel_shapley(game, share=share, seed=seed)
    return permutation_shapley(game, share=share, seed=seed)
