"""Kernel SHAP: Shapley values by weighted least squares over sampled coalitions, each together with its complement.

With z = +1 for who is in S and -1 for who is not, the difference of a pair v(S) - v(not S) is fitted by
sum_i z_i phi_i, pairs weighted by (n - 1) / (C(n, s) s (n - s)), with sum_i phi_i = v(all) - v(nobody) held exactly.
With order 3 the products of three signs are fitted too: of the fit, a product c z_i z_j z_k gives each of the three
c / 3, since it changes by 2 c from nobody to all, and by symmetry. Under these weights and this constraint the best fit
of more terms has the same Shapley values as the game, so both orders tend to them; order 3 leaves only what four and
more players do together (in odd numbers) to chance. Coalitions of few (and of nearly all) players are all asked, the
others drawn. Intervals are those of the jackknife over drawn pairs.

Source: S. Lundberg, S. Lee, A unified approach to interpreting model predictions, 2017; I. Covert, S. Lee, Improving
KernelSHAP, 2021 (pairs); M. Grabisch, k-order additive discrete fuzzy measures, 1997, and G. Pelegrina, L. Duarte,
M. Grabisch, A k-additive Choquet integral-based approach to approximate the SHAP values, 2023 (products).
"""

from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np
from jaxtyping import Bool, Float

from netwright.explanation.shapley.game import Coalitions, Game, Shapley, ends_of

PAIRS = 4096  # at most
FEW = 17  # players up to which products of three are fitted: 697 terms
SHARE = 0.01  # half interval, of the sum of the amounts without their signs, at which no more is asked
PLENTY = 1.25  # pairs for each term of the fit, from which products are fitted
STUDENT = 1.96
TRUSTED = 1e-6  # by how much an inverse may miss
LISTED = 20_000  # pairs of a size up to which none is drawn twice


@dataclass
class Size:
    """All pairs of which one coalition has this size, in an order that is drawn once; the first of them are asked."""

    pairs: float  # that there are
    weight: float  # of all of them together
    order: Bool[np.ndarray, "listed players"]  # as many as may be asked
    ahead: Float[np.ndarray, "asked games"]  # of those asked: what a coalition is worth above its complement

    @property
    def asked(self) -> int:
        return len(self.ahead)


def kernel_shapley(game: Game, pairs: int = PAIRS, share: float = SHARE, order: int = 3, seed: int = 0) -> Shapley:
    """Return amounts with 95% intervals; more pairs are asked until every half interval is within `share`.

    Args:
        game: whose coalitions are asked.
        pairs: of coalitions at most.
        share: of the sum of the amounts without their signs.
        order: 1 for Kernel SHAP as published, 3 to fit products of three players too where there are enough pairs.
        seed: of what is drawn.
    """
    empty, full = (end.mean(axis=0) for end in ends_of(game))
    if game.players == 1:
        return Shapley((full - empty)[None], None, empty, full, np.full(game.games, 2 * game.worlds))
    sizes = _sizes(game, pairs, np.random.default_rng(seed))
    now = min(pairs, max(64, 4 * game.players))
    if order == 3 and game.players <= FEW and (products := _enough(game.players)) <= pairs:
        now = max(now, products)
    while True:
        _ask(game, sizes, _shared_out(now, sizes))
        asked = sum(size.asked for size in sizes)
        amounts, half = _fit(sizes, full - empty, order)
        found = Shapley(amounts, half, empty, full, np.full(game.games, 2 * (1 + asked) * game.worlds))
        if now >= pairs or (found.width <= share).all() or all(size.asked >= size.pairs for size in sizes):
            return found
        now = min(pairs, 2 * now)


def _sizes(game: Game, most: int, rng: np.random.Generator) -> list[Size]:
    players = game.players
    found = []
    for size in range(1, players // 2 + 1):
        middle = 2 * size == players
        pairs = comb(players, size) / (2 if middle else 1)
        weight = (players - 1) / (size * (players - size)) * (0.5 if middle else 1.0)
        order = _drawn(players, size, pairs, most, rng)
        found.append(Size(pairs, weight, order, np.zeros((0, game.games))))
    return found


def _drawn(players: int, size: int, pairs: float, most: int, rng: np.random.Generator) -> Coalitions:
    """Return coalitions of a size in a drawn order: all of them where they can be listed."""
    if pairs > LISTED:
        return rng.permuted(np.tile(np.arange(players) < size, (most, 1)), axis=1)
    chosen = np.array(
        list(combinations(range(players), size))[: int(pairs)]
    )  # of half the players: those with the first
    members = np.zeros((len(chosen), players), dtype=bool)
    np.put_along_axis(members, chosen, True, axis=1)
    return members[rng.permutation(len(members))]


def _shared_out(now: int, sizes: list[Size]) -> list[int]:
    """Share pairs out to the sizes by weight; what a size cannot take goes to the others."""
    shares, left = [0.0] * len(sizes), float(now)
    for at in sorted(range(len(sizes)), key=lambda at: sizes[at].pairs / sizes[at].weight):
        rest = sum(size.weight for size, share in zip(sizes, shares, strict=True) if not share)
        shares[at] = min(sizes[at].pairs, max(1.0, left * sizes[at].weight / rest), len(sizes[at].order))
        left = max(0.0, left - shares[at])
    return [max(size.asked, int(share)) for size, share in zip(sizes, shares, strict=True)]


def _ask(game: Game, sizes: list[Size], wanted: list[int]) -> None:
    fresh = [size.order[size.asked : many] for size, many in zip(sizes, wanted, strict=True)]
    coalitions = np.concatenate([*fresh, np.zeros((0, game.players), dtype=bool)])
    if not len(coalitions):
        return
    values = game.of(np.concatenate([coalitions, ~coalitions]), np.arange(game.games))
    ahead = values[: len(coalitions)] - values[len(coalitions) :]
    ends = np.cumsum([len(part) for part in fresh])[:-1]
    for size, part in zip(sizes, np.split(ahead, ends), strict=True):
        size.ahead = np.concatenate([size.ahead, part])


def _fit(
    sizes: list[Size], gain: Float[np.ndarray, " games"], order: int
) -> tuple[Float[np.ndarray, "players games"], Float[np.ndarray, "players games"] | None]:
    """Return the amounts of the fit and half their intervals."""
    signs = np.concatenate([size.order[: size.asked] for size in sizes]) * 2.0 - 1.0
    ahead = np.concatenate([size.ahead for size in sizes])
    each = np.concatenate([np.full(size.asked, size.weight / max(size.asked, 1)) for size in sizes])
    drawn = np.concatenate([np.full(size.asked, float(size.asked < size.pairs)) for size in sizes])
    terms, read = _terms(signs, order)
    square = (terms.T * each) @ terms
    ones = np.ones((len(square), 1))
    inverse = _inverse(np.block([[square, ones], [ones.T, np.zeros((1, 1))]]))
    pull = inverse[:-1, :-1] @ (terms.T * each)  # [terms, pairs]
    fitted = pull @ ahead + inverse[:-1, -1:] * gain
    amounts = read @ fitted
    amounts += (gain - amounts.sum(axis=0)) / len(amounts)  # rounding
    if not drawn.any():
        return amounts, None
    kept = np.maximum(1.0 - (terms * pull.T).sum(axis=1), 1e-9)
    without = (ahead - terms @ fitted) * (drawn / kept)[:, None]
    return amounts, STUDENT * np.sqrt((read @ pull) ** 2 @ without**2)


def _inverse(matrix: Float[np.ndarray, "size size"]) -> Float[np.ndarray, "size size"]:
    """Return the inverse, or the pseudo-inverse, which takes ten times as long, where there is none to be trusted."""
    try:
        found = np.linalg.inv(matrix)
    except np.linalg.LinAlgError:
        found = np.zeros_like(matrix)
    exact = np.abs(matrix @ found - np.eye(len(matrix))).max() < TRUSTED
    return found if exact else np.linalg.pinv(matrix, hermitian=True)


def _enough(players: int) -> int:
    """Return how many pairs products of three players are fitted from."""
    return int(PLENTY * (players + comb(players, 3))) + 1


def _terms(
    signs: Float[np.ndarray, "pairs players"], order: int
) -> tuple[Float[np.ndarray, "pairs terms"], Float[np.ndarray, "players terms"]]:
    """Return what is fitted, and each term's part in each player's amount."""
    pairs, players = signs.shape
    if order < 3 or players > FEW or pairs < _enough(players):
        return signs, np.eye(players)
    three = np.array(list(combinations(range(players), 3)))
    read = np.zeros((players, len(three)))
    np.put_along_axis(read, three.T, 1 / 3, axis=0)
    return np.concatenate([signs, signs[:, three].prod(axis=2)], axis=1), np.concatenate(
        [np.eye(players), read], axis=1
    )
