"""Shapley values by all coalitions: for few players.

phi_i = sum over S without i of |S|! (n - |S| - 1)! / n! (v(S with i) - v(S)).

Source: L. Shapley, A value for n-person games, 1953.
"""

from math import comb

import numpy as np
from jaxtyping import Float

from netwright.explanation.shapley.game import Coalitions, Game, Shapley

MOST_PLAYERS = 12  # 4,096 coalitions


def exact_shapley(game: Game) -> Shapley:
    """Return the amounts of each game, exact but for rounding."""
    assert game.players <= MOST_PLAYERS, f"{game.players} players have too many coalitions to ask all"
    coalitions = all_coalitions(game.players)
    values = game.of(coalitions, np.arange(game.games))
    asked = np.full(game.games, len(coalitions) * game.worlds)
    return Shapley(exact_weights(coalitions) @ values, None, values[0], values[-1], asked)


def all_coalitions(players: int) -> Coalitions:
    """Return every coalition, from nobody to everybody."""
    return (np.arange(1 << players)[:, None] >> np.arange(players) & 1).astype(bool)


def exact_weights(coalitions: Coalitions) -> Float[np.ndarray, "players asked"]:
    """Return what each coalition's value counts for each player's amount; `coalitions` are all there are."""
    players = coalitions.shape[1]
    sizes = coalitions.sum(axis=1)
    joined = np.array([0.0, *(1 / (size * comb(players, size)) for size in range(1, players + 1))])
    left = np.array([*(1 / ((players - size) * comb(players, size)) for size in range(players)), 0.0])
    weights: Float[np.ndarray, "players asked"] = np.where(coalitions.T, joined[sizes], -left[sizes])
    return weights
