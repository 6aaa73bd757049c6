"""Shapley values by sampled orders in which the players join, each order together with its reverse.

In each round every world gets an order of its own. Within a group of worlds as many as players the orders are turns of
one another, so that each player joins at every place once; an order and its reverse together are exact where no more
than two players act together. Each round's amounts are unbiased and sum to full - empty; the interval is that of the
mean of the rounds, by Student's t.

Source: E. Štrumbelj, I. Kononenko, An efficient explanation of individual classifications using game theory, 2010;
R. Mitchell, J. Cooper, E. Frank, G. Holmes, Sampling permutations for Shapley value estimation, 2022 (antithetic).
"""

import numpy as np
from jaxtyping import Float, Int

from netwright.explanation.shapley.game import Game, Shapley, ends_of

TOGETHER, MOST = 6, 96  # rounds that are asked at once, and at most
SHARE = 0.01  # half interval, of the sum of the amounts without their signs, at which no more is asked


def permutation_shapley(game: Game, share: float = SHARE, most: int = MOST, seed: int = 0) -> Shapley:
    """Return amounts with 95% intervals; a game stops when its widest half interval is within `share`.

    Args:
        game: whose players join.
        share: of the sum of the amounts without their signs.
        most: rounds after which a game stops with the intervals it has, at least 2.
        seed: of the orders.
    """
    rng = np.random.default_rng(seed)
    empty, full = ends_of(game)
    gain, ends = full - empty, (empty.mean(axis=0), full.mean(axis=0))
    total, squares = (np.zeros((game.players, game.games)) for _ in range(2))
    rounds = np.zeros(game.games, dtype=np.int64)
    still, taken = np.arange(game.games), 0
    while len(still) and taken < most:
        count = min(TOGETHER, most - taken)
        amounts = _rounds(game, np.concatenate([_orders(rng, game) for _ in range(count)]), still, gain[:, still])
        total[:, still] += amounts.sum(axis=0)
        squares[:, still] += (amounts**2).sum(axis=0)
        rounds[still] += count
        taken += count
        still = still[Shapley(*_estimate(total, squares, rounds), *ends, rounds).width[still] > share]
    amounts, half = _estimate(total, squares, rounds)
    asked = rounds * game.worlds * 2 * (game.players - 1) + 2 * game.worlds
    return Shapley(amounts, half, *ends, asked)


def _orders(rng: np.random.Generator, game: Game) -> Int[np.ndarray, "worlds players"]:
    groups = -(-game.worlds // game.players)
    first = rng.permuted(np.tile(np.arange(game.players), (groups, 1)), axis=1)
    turns = (np.arange(game.players)[:, None] + np.arange(game.players)) % game.players
    orders = first[:, turns].reshape(-1, game.players)
    return orders[rng.permutation(len(orders))[: game.worlds]]


def _rounds(
    game: Game,
    orders: Int[np.ndarray, "drawn players"],
    games: Int[np.ndarray, " games"],
    gain: Float[np.ndarray, "worlds games"],
) -> Float[np.ndarray, "rounds players games"]:
    """Return, of each round, the mean over the worlds of what each player adds, along each order and its reverse."""
    drawn, players = orders.shape
    worlds = np.tile(np.arange(game.worlds), drawn // game.worlds)
    place = orders.argsort(axis=1)
    joined = (place[:, None, :] < np.arange(1, players)[None, :, None]).reshape(-1, players)
    values = game.values(np.concatenate([joined, ~joined]), np.tile(np.repeat(worlds, players - 1), 2), games)
    ahead = (values[: len(joined)] - values[len(joined) :]).reshape(drawn, players - 1, len(games)) / 2
    ends = gain[worlds][:, None] / 2
    added: Float[np.ndarray, "drawn players games"] = np.diff(np.concatenate([-ends, ahead, ends], axis=1), axis=1)
    of_players = np.take_along_axis(added, place[:, :, None], axis=1)
    by_round = of_players.reshape(-1, game.worlds, *of_players.shape[1:])
    means: Float[np.ndarray, "rounds players games"] = by_round.mean(axis=1)
    return means


def _estimate(
    total: Float[np.ndarray, "players games"],
    squares: Float[np.ndarray, "players games"],
    rounds: Int[np.ndarray, " games"],
) -> tuple[Float[np.ndarray, "players games"], Float[np.ndarray, "players games"]]:
    """Return the mean of the rounds, and half its 95% interval."""
    from scipy.stats import t

    mean = total / rounds
    spread = np.maximum(squares / rounds - mean**2, 0.0) / (rounds - 1)
    return mean, t.ppf(0.975, rounds - 1) * np.sqrt(spread)
