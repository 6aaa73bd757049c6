"""Vectors that any module looks up are seen and can be replaced; positions are found that they were read from."""

import pytest
import torch
from torch import nn

from netwright.core.errors import ContractError
from netwright.explanation.lookups import Tap
from netwright.explanation.positions import positions_of
from netwright.explanation.reading import Reading


class Words(nn.Module):
    """Words beside their places, and pairs of words by a hash."""

    def __init__(self, time_first=False):
        super().__init__()
        self.time_first = time_first
        self.words, self.places, self.pairs = nn.Embedding(12, 4), nn.Embedding(5, 4), nn.Embedding(50, 4)

    def forward(self, words):
        words = words.T if self.time_first else words
        pairs = (words[:-1] * 13 + words[1:]) if self.time_first else (words[:, :-1] * 13 + words[:, 1:])
        places = self.places(torch.arange(5))
        read = self.words(words) + (places.unsqueeze(1) if self.time_first else places)
        return read.sum(dim=(0 if self.time_first else 1, 2)) + self.pairs(pairs % 50).sum(
            dim=(0 if self.time_first else 1, 2)
        )


@pytest.mark.parametrize("time_first", [False, True])
def test_what_is_read_can_be_put_back_and_places_are_no_input(time_first):
    module, rows = Words(time_first), torch.randint(0, 12, (3, 5))
    reading = Reading(module, (rows,))
    leaves = reading.leaves((rows,))
    assert [tuple(leaf.flatten(1, -2).shape) for leaf in leaves] == [(3, 5, 4), (3, 4, 4)]
    assert torch.allclose(reading.ask((rows,), leaves), module(rows))
    assert torch.allclose(leaves[0].flatten(1, -2), module.words(rows))
    none = reading.ask((rows,), tuple(torch.zeros_like(leaf) for leaf in leaves))
    assert torch.allclose(none, module.places.weight.sum().expand(3), atol=1e-5)


def test_a_vector_of_two_words_is_shared_by_them():
    rows, others = torch.randint(2, 12, (4, 5)), torch.zeros(4, 5, dtype=torch.int64)
    found = positions_of(Reading(Words(), (rows,)), (rows,), (others,))
    (words,), (pairs,) = found.shares
    assert torch.equal(words, torch.eye(5))
    wanted = torch.zeros(4, 5)
    for pair in range(4):
        wanted[pair, pair : pair + 2] = 0.5
    assert torch.equal(pairs, wanted)
    leaves = (torch.rand(4, 5), torch.rand(4, 4))
    amounts = found.amounts(leaves, (rows,))[0]
    assert torch.allclose(amounts.sum(dim=1), (leaves[0].sum(dim=1) + leaves[1].sum(dim=1)).double())


@pytest.mark.parametrize("mode", ["sum", "mean", "max"])
def test_a_bag_is_taken_apart_and_put_together_again(mode):
    bag, rows = nn.EmbeddingBag(9, 4, mode=mode, padding_idx=0), torch.randint(0, 9, (6, 5))
    rows[2] = 0
    with Tap() as tap:
        found = bag(rows)
    assert torch.allclose(found, bag(rows), atol=1e-6)
    assert tap.slots[0].shape == (6, 5)


def test_weighted_bags_are_the_same():
    bag, rows, weights = nn.EmbeddingBag(9, 4, mode="sum"), torch.randint(0, 9, (3, 5)), torch.rand(3, 5)
    with Tap():
        found = bag(rows, per_sample_weights=weights)
    assert torch.allclose(found, bag(rows, per_sample_weights=weights), atol=1e-6)


def test_a_bag_of_uneven_rows_is_refused_with_the_remedy():
    with Tap(), pytest.raises(ContractError, match="padding_idx"):
        nn.EmbeddingBag(9, 4)(torch.tensor([1, 2, 3]), torch.tensor([0, 2]))


class Uneven(nn.Module):
    """Looks up once for each row: how often depends on the rows."""

    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(9, 4)

    def forward(self, words):
        return torch.stack([self.words(row).sum() for row in words])


def test_look_ups_that_depend_on_the_rows_are_refused():
    rows = torch.randint(0, 9, (3, 5))
    reading = Reading(Uneven(), (rows,))
    assert not reading.can_be_followed
    with pytest.raises(ContractError, match="occlusion"):
        reading.leaves((rows,))
