"""What counting alone foretells: n-grams of characters, the bar that a network has to clear.

Add-k: p(w | h) = (c(h w) + k) / (c(h) + k V). Interpolated Kneser-Ney: p(w | h) = max(c(h w) - D, 0) / c(h)
+ D t(h) / c(h) p(w | h'), t(h) the number of different characters seen after h and h' the context without its first
character; below the longest contexts c counts not how often but after how many different characters something came.
The discount is D = n1 / (n1 + 2 n2), n_i the n-grams seen i times; the shortest rests on 1 / V. A context never seen
leaves it all to the shorter one.

Sources: R. Kneser, H. Ney, Improved backing-off for m-gram language modeling, 1995; S. Chen, J. Goodman, An empirical
study of smoothing techniques, 1999.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

K = 0.1  # of add-k
ORDERS = (1, 2, 3)  # of add-k
LONGEST = 6  # characters of a Kneser-Ney n-gram
MOST_TRAINED = 5_000_000  # characters that are counted, the last ones

Numbers = NDArray[np.int64]
Shares = NDArray[np.float64]


@dataclass(frozen=True)
class Counts:
    """How often each n-gram of one length came, and what that says of its contexts."""

    grams: Numbers  # sorted; the n-gram as digits in base V
    counts: Shares
    contexts: Numbers  # sorted
    totals: Shares  # c(h)
    followers: Shares  # t(h)


def foretell(train: NDArray[Any], test: NDArray[Any], letters: int) -> dict[str, Shares]:
    """Return, by model, the surprise -log p in nats of each character of `test`, which follows on `train`.

    Args:
        train: numbers of characters from 0.
        test: the same.
        letters: V, how many different numbers there may be.
    """
    longest = max(1, min(LONGEST, int(62 / math.log2(max(letters, 2)))))
    train = train[-MOST_TRAINED:].astype(np.int64)
    both = np.concatenate([train[len(train) - min(len(train), longest - 1) :], test.astype(np.int64)])
    asked = [_digits(both, order, letters)[-len(test) :] for order in range(1, longest + 1)]
    seen = [_digits(train, order, letters) for order in range(1, longest + 1)]
    found = {
        f"{order}-gram, add {K:g}": -np.log(add_k(_count(seen[order - 1], letters), asked[order - 1], letters))
        for order in ORDERS
        if order <= longest
    }
    found[f"{longest}-gram, Kneser-Ney"] = -np.log(kneser_ney(seen, asked, letters))
    return found


def add_k(counts: Counts, asked: Numbers, letters: int) -> Shares:
    """Return p of the last character of each n-gram asked for."""
    joint = _look_up(counts.grams, counts.counts, asked)
    return (joint + K) / (_look_up(counts.contexts, counts.totals, asked // letters) + K * letters)


def kneser_ney(seen: list[Numbers], asked: list[Numbers], letters: int) -> Shares:
    """Return p of the last character of each n-gram asked for; lists by length, from 1."""
    share = np.full(len(asked[0]), 1.0 / letters)
    for order in range(1, len(seen) + 1):
        longest = order == len(seen)
        counts = _count(seen[order - 1] if longest else _without_first(seen[order], letters, order), letters)
        discount = _discount(counts.counts)
        joint = _look_up(counts.grams, counts.counts, asked[order - 1])
        context = asked[order - 1] // letters
        total = _look_up(counts.contexts, counts.totals, context)
        left = discount * _look_up(counts.contexts, counts.followers, context)
        known = np.maximum(total, 1.0)
        share = np.where(total > 0, (np.maximum(joint - discount, 0.0) + left * share) / known, share)
    return share


def _digits(codes: Numbers, order: int, letters: int) -> Numbers:
    """Return each n-gram as one number; where fewer characters came before, those that did count alone."""
    found = np.zeros(len(codes), np.int64)
    for back in range(order):
        found[back:] += codes[: len(codes) - back] * letters**back
    return found


def _without_first(longer: Numbers, letters: int, order: int) -> Numbers:
    """Return the ends of different n-grams: each counts once for every different character before it."""
    ends: Numbers = np.unique(longer) % letters**order
    return ends


def _count(grams: Numbers, letters: int) -> Counts:
    found, number = np.unique(grams, return_counts=True)
    contexts, first = np.unique(found // letters, return_index=True)
    counts = number.astype(np.float64)
    return Counts(
        found, counts, contexts, np.add.reduceat(counts, first), np.diff(np.append(first, len(found))).astype(float)
    )


def _discount(counts: Shares) -> float:
    once, twice = float((counts == 1).sum()), float((counts == 2).sum())
    return once / (once + 2.0 * twice) if once and twice else 0.5


def _look_up(keys: Numbers, values: Shares, asked: Numbers) -> Shares:
    place = np.minimum(np.searchsorted(keys, asked), len(keys) - 1)
    return np.where(keys[place] == asked, values[place], 0.0)
