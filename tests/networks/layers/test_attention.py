"""Attention against its definition, place by place; nobody looks ahead or past the end."""

import math

import pytest
import torch

from netwright.core.values import TextInput
from netwright.networks.layers.attention import BASE, SHARPNESS, Attention, Block, causal, turn
from netwright.networks.layers.text import Chances
from netwright.networks.layers.text_transformer import TextTransformer

WIDTH, HEADS, PLACES = 8, 2, 5
TEXT = TextInput(words=9, length=5, part_slots=20, parts=2)
ROWS = torch.tensor([[2, 3, 1, 4, 0, 7, 9], [8, 0, 0, 0, 0, 3, 0], [0] * 7, [5, 6, 5, 7, 5, 1, 2]])


def states(seed=0):
    return torch.randn(3, PLACES, WIDTH, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def drawn(layer):
    layer = layer.double().eval()
    generator = torch.Generator().manual_seed(1)
    for weight in layer.parameters():
        torch.nn.init.normal_(weight, 0.0, 0.4, generator=generator)
    return layer


def turned(vector, place):
    """Turn one vector of a head by complex multiplication."""
    half = len(vector) // 2
    angles = [place * BASE ** (-i / half) for i in range(half)]
    pairs = [complex(vector[i], vector[half + i]) * complex(math.cos(a), math.sin(a)) for i, a in enumerate(angles)]
    return torch.tensor([pair.real for pair in pairs] + [pair.imag for pair in pairs], dtype=torch.float64)


def unit(vector):
    return vector / (vector.square().mean() + torch.finfo(torch.float64).eps).sqrt()


def test_each_place_takes_the_values_that_its_softmax_says():
    layer, x, allowed = drawn(Attention(WIDTH, HEADS)), states(), causal(PLACES)
    q, k, v = layer.queries_keys_values(x).detach().split(WIDTH, dim=2)
    size, expected = WIDTH // HEADS, torch.zeros(3, PLACES, WIDTH).double()
    for row in range(3):
        for head in range(HEADS):
            of = slice(head * size, (head + 1) * size)
            keys = [SHARPNESS * turned(unit(k[row, place, of]), place) for place in range(PLACES)]
            for place in range(PLACES):
                query = SHARPNESS * turned(unit(q[row, place, of]), place)
                scores = torch.stack([query @ keys[other] / math.sqrt(size) for other in range(place + 1)])
                weights = scores.softmax(dim=0)
                expected[row, place, of] = weights @ v[row, : place + 1, of]
                assert torch.allclose(layer.weights(x, allowed)[row, head, place, : place + 1], weights)
    assert torch.allclose(layer(x, allowed), expected @ layer.output.weight.T)


def test_products_of_turned_vectors_depend_on_how_far_apart_they_are():
    x = torch.randn(1, 1, 1, 6, dtype=torch.float64).expand(1, 1, 9, 6)
    y = torch.randn(1, 1, 1, 6, dtype=torch.float64).expand(1, 1, 9, 6)
    products = (turn(x) @ turn(y).transpose(2, 3))[0, 0]
    for shift in range(1, 9):
        assert torch.allclose(products.diagonal(shift), products[0, shift])
        assert not torch.allclose(products[0, shift], products[0, 0])


@pytest.mark.parametrize("place", range(PLACES - 1))
def test_under_a_causal_mask_what_comes_later_changes_nothing(place):
    layer, x = drawn(Block(WIDTH, HEADS, 0.0)), states()
    later = x.clone()
    later[:, place + 1 :] += 1.0
    before, after = layer(x, causal(PLACES)), layer(later, causal(PLACES))
    assert torch.equal(before[:, : place + 1], after[:, : place + 1])
    assert not torch.allclose(before[:, place + 1 :], after[:, place + 1 :])
    everybody = torch.ones(1, PLACES, PLACES, dtype=torch.bool)
    assert not torch.allclose(layer(x, everybody)[:, place], layer(later, everybody)[:, place])


def test_a_block_starts_as_doing_nothing_and_its_gradients_are_right():
    layer = Block(WIDTH, HEADS, 0.0).double()
    layer.fill(torch.Generator().manual_seed(0))
    assert torch.equal(layer(states(), causal(PLACES)), states())
    layer = drawn(layer)
    named = {name: value.detach().requires_grad_() for name, value in layer.named_parameters()}

    def answer(*values):
        inputs = (states(), causal(PLACES))
        return torch.func.functional_call(layer, dict(zip(named, values, strict=True)), inputs)

    assert torch.autograd.gradcheck(answer, tuple(named.values()))


def test_a_text_is_the_same_among_longer_ones_and_order_matters():
    layer = drawn(TextTransformer(TEXT, WIDTH, Chances(0.0, 0.0), 2, HEADS))
    found = layer(ROWS)
    assert torch.allclose(found, torch.cat([layer(row.unsqueeze(0)) for row in ROWS]))
    shorter = TextTransformer(TextInput(9, 4, 20, 2), WIDTH, Chances(0.0, 0.0), 2, HEADS).double().eval()
    shorter.load_state_dict(layer.state_dict())
    assert torch.allclose(found[:2], shorter(ROWS[:2][:, [0, 1, 2, 3, 5, 6]]))
    assert not torch.allclose(found[0], layer(ROWS[:, [1, 0, 2, 3, 4, 5, 6]])[0])
    assert not found[2].any()
