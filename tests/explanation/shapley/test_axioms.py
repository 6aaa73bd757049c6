"""The axioms of Shapley values, of every way to compute them, on games whose values are known."""

from itertools import permutations

import numpy as np
import pytest

from netwright.explanation.shapley.exact import exact_shapley
from netwright.explanation.shapley.game import Game
from netwright.explanation.shapley.kernel import kernel_shapley
from netwright.explanation.shapley.permutations import permutation_shapley
from netwright.explanation.shapley.values import shapley_values

WAYS = {
    "exact": exact_shapley,
    "kernel": lambda game: kernel_shapley(game, 400, 0.0, order=1),
    "kernel with products": lambda game: kernel_shapley(game, 400, 0.0, order=3),
    "permutations": lambda game: permutation_shapley(game, 0.0, most=24),
}
PLAYERS = 10


def game_of(worth, players=PLAYERS, worlds=1):
    """A game of what `worth(coalitions, worlds)` says."""

    def values(coalitions, places, games):
        return np.repeat(worth(coalitions.astype(float), places)[:, None], len(games), axis=1)

    return Game(players, values, worlds)


RNG = np.random.default_rng(5)
FIRST, SECOND = (RNG.normal(size=(PLAYERS, 16)) for _ in range(2))
SHIFT = RNG.normal(size=3)


def bent(coalitions, worlds):
    """Worth that many players make together; player 3 adds nothing, 4 and 5 are alike."""
    weights = FIRST.copy()
    weights[3] = 0.0
    weights[5] = weights[4]
    return np.tanh(coalitions @ weights + SHIFT[worlds % 3, None]).sum(axis=1)


def other(coalitions, worlds):
    return np.maximum(coalitions @ SECOND - SHIFT[worlds % 3, None], 0.0).sum(axis=1)


@pytest.fixture(params=WAYS)
def way(request):
    return WAYS[request.param]


@pytest.mark.parametrize("worlds", [1, 7])
def test_amounts_sum_to_what_all_are_worth_above_nobody(way, worlds):
    found = way(game_of(bent, worlds=worlds))
    everybody, nobody = np.ones((worlds, PLAYERS)), np.zeros((worlds, PLAYERS))
    gain = bent(everybody, np.arange(worlds)).mean() - bent(nobody, np.arange(worlds)).mean()
    assert found.amounts.sum() == pytest.approx(gain, abs=1e-12)
    assert (found.full - found.empty)[0] == pytest.approx(gain, abs=1e-12)


def test_a_player_who_adds_nothing_gets_nothing_and_like_players_get_the_same(way):
    found = way(game_of(bent, worlds=5))
    half = np.zeros(PLAYERS) if found.half is None else found.half[:, 0]
    amounts = found.amounts[:, 0]
    assert abs(amounts[3]) <= half[3] + 1e-12
    assert abs(amounts[4] - amounts[5]) <= half[4] + half[5] + 1e-12


def test_amounts_of_a_sum_of_games_are_the_sums_of_their_amounts(way):
    one, two = way(game_of(bent, worlds=3)), way(game_of(other, worlds=3))
    both = way(game_of(lambda s, w: 2.0 * bent(s, w) - 3.0 * other(s, w), worlds=3))
    np.testing.assert_allclose(both.amounts, 2.0 * one.amounts - 3.0 * two.amounts, atol=1e-9)


def test_drawn_amounts_are_near_the_exact_ones_and_most_intervals_hold_them(way):
    exact, found = exact_shapley(game_of(bent, worlds=4)), way(game_of(bent, worlds=4))
    np.testing.assert_allclose(found.amounts, exact.amounts, atol=0.2)
    if found.half is not None:
        assert np.mean(np.abs(found.amounts - exact.amounts) <= found.half + 1e-12) >= 0.8


def test_enumeration_is_the_mean_over_all_orders():
    game = game_of(lambda s, _: np.tanh(s @ FIRST[:4]).prod(axis=1) + s @ SECOND[:4, 0], players=4)
    total = np.zeros(4)
    orders = list(permutations(range(4)))
    for order in orders:
        joined = np.zeros((1, 4))
        for player in order:
            before = np.tanh(joined @ FIRST[:4]).prod() + (joined @ SECOND[:4, 0])[0]
            joined[0, player] = 1.0
            total[player] += np.tanh(joined @ FIRST[:4]).prod() + (joined @ SECOND[:4, 0])[0] - before
    np.testing.assert_allclose(exact_shapley(game).amounts[:, 0], total / len(orders), atol=1e-12)


def test_pairs_are_exact_where_no_more_than_two_act_together():
    matrix = RNG.normal(size=(PLAYERS, PLAYERS))
    game = game_of(lambda s, _: np.einsum("ai,ij,aj->a", s, matrix, s))
    exact = exact_shapley(game).amounts
    np.testing.assert_allclose(kernel_shapley(game, 40, order=1).amounts, exact, atol=1e-9)
    np.testing.assert_allclose(permutation_shapley(game, most=6).amounts, exact, atol=1e-9)


def test_products_of_three_are_fitted_exactly_from_a_part_of_all_coalitions():
    three = RNG.normal(size=(12, 3, 3))
    factors = RNG.normal(size=(3, 12))
    game = game_of(lambda s, _: (s @ factors.T).prod(axis=1) + s @ three[:, 0, 0], players=12)
    found = kernel_shapley(game, 400, share=0.0)
    np.testing.assert_allclose(found.amounts, exact_shapley(game).amounts, atol=1e-9)
    assert found.coalitions[0] < 1000


def test_intervals_hold_the_truth_about_as_often_as_they_say():
    exact = exact_shapley(game_of(bent, worlds=4)).amounts
    for draw in (
        lambda seed: permutation_shapley(game_of(bent, worlds=4), 0.0, most=8, seed=seed),
        lambda seed: kernel_shapley(game_of(bent, worlds=4), 100, 0.0, order=1, seed=seed),
    ):
        held = [np.abs(found.amounts - exact) <= found.half + 1e-12 for found in map(draw, range(30))]
        assert np.mean(held) >= 0.9


def test_a_game_stops_when_its_intervals_are_narrow():
    def values(coalitions, worlds, games):
        plain, rough = coalitions @ FIRST[:, 0], 40.0 * bent(coalitions.astype(float), worlds)
        return np.stack([plain, rough], axis=1)[:, games]

    found = permutation_shapley(Game(PLAYERS, values, 2, 2), share=0.004, most=40)
    assert found.coalitions[0] < found.coalitions[1]
    assert found.width[0] <= 0.004


def test_one_player_gets_all_and_two_are_exact(way):
    found = way(game_of(lambda s, _: 3.0 * s[:, 0] + 1.0, players=1))
    assert found.amounts[0, 0] == pytest.approx(3.0)
    two = way(game_of(lambda s, _: s[:, 0] * s[:, 1] + s[:, 0], players=2))
    np.testing.assert_allclose(two.amounts[:, 0], [1.5, 0.5], atol=1e-12)


def test_the_way_is_chosen_by_the_number_of_players():
    small, large = (game_of(lambda s, _: s.sum(axis=1), players=players) for players in (12, 30))
    assert shapley_values(small).half is None
    assert shapley_values(large).half is not None
    np.testing.assert_allclose(shapley_values(large, "kernel").amounts, 1.0)
