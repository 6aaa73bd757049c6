"""n-grams against their definitions, counted with dictionaries; probabilities sum to one."""

import math
from collections import Counter

import numpy as np
import pytest

from netwright.training.language import ngrams
from netwright.training.language.ngrams import K, foretell

LETTERS = 4
GENERATOR = np.random.default_rng(0)
TRAIN = np.where(GENERATOR.random(400) < 0.7, np.arange(400) % 3, GENERATOR.integers(0, LETTERS, 400))
TEST = GENERATOR.integers(0, LETTERS, 60)


def plain_kneser_ney(order):
    """p(w | h), by recursion over dictionaries."""

    def counts(n):
        if n == order:
            return padded(n)
        return Counter(longer[1:] for longer in padded(n + 1))

    def padded(n):  # the first characters have zeros before them
        whole = [0] * (n - 1) + TRAIN.tolist()
        return Counter(tuple(whole[at : at + n]) for at in range(len(TRAIN)))

    tables = {n: counts(n) for n in range(1, order + 1)}

    def share(n, history, letter):
        if n == 0:
            return 1.0 / LETTERS
        table = tables[n]
        once, twice = (sum(value == times for value in table.values()) for times in (1, 2))
        discount = once / (once + 2 * twice) if once and twice else 0.5
        seen = {gram[-1]: count for gram, count in table.items() if gram[:-1] == history}
        shorter = share(n - 1, history[1:], letter)
        total = sum(seen.values())
        if not total:
            return shorter
        return (max(seen.get(letter, 0) - discount, 0.0) + discount * len(seen) * shorter) / total

    return lambda history, letter: share(order, tuple(history), letter)


@pytest.mark.parametrize("order", [1, 2, 3])
def test_kneser_ney_is_what_its_definition_says_and_sums_to_one(monkeypatch, order):
    monkeypatch.setattr(ngrams, "LONGEST", order)
    share = plain_kneser_ney(order)
    whole = np.concatenate([TRAIN, TEST]).tolist()
    found = foretell(TRAIN, TEST, LETTERS)[f"{order}-gram, Kneser-Ney"]
    for at in range(len(TEST)):
        place = len(TRAIN) + at
        history = whole[place - order + 1 : place]
        assert math.exp(-found[at]) == pytest.approx(share(history, whole[place]))
        assert sum(share(history, letter) for letter in range(LETTERS)) == pytest.approx(1.0)


@pytest.mark.parametrize("order", [1, 2, 3])
def test_add_k_is_what_its_definition_says(order):
    found = foretell(TRAIN, TEST, LETTERS)[f"{order}-gram, add {K:g}"]
    padded = [0] * (order - 1) + TRAIN.tolist()
    grams = Counter(tuple(padded[at : at + order]) for at in range(len(TRAIN)))
    contexts = Counter(gram[:-1] for gram in grams.elements())
    whole = np.concatenate([TRAIN, TEST]).tolist()
    for at in range(len(TEST)):
        gram = tuple(whole[len(TRAIN) + at - order + 1 : len(TRAIN) + at + 1])
        expected = (grams[gram] + K) / (contexts[gram[:-1]] + K * LETTERS)
        assert math.exp(-found[at]) == pytest.approx(expected)


def test_a_longer_memory_foretells_a_pattern_better():
    found = foretell(np.arange(3000) % 7, np.arange(3000, 3200) % 7, 7)
    assert found["6-gram, Kneser-Ney"].mean() < found["1-gram, add 0.1"].mean() / 10


def test_a_large_alphabet_keeps_numbers_within_their_type():
    found = foretell(GENERATOR.integers(0, 100_000, 500), GENERATOR.integers(0, 100_000, 50), 100_000)
    assert "3-gram, Kneser-Ney" in found
    assert all(np.isfinite(nats).all() for nats in found.values())
