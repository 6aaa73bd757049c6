"""Recurrent texts against their equations, word by word; what comes after the end of a text changes nothing."""

import pytest
import torch

from netwright.core.values import TextInput
from netwright.networks.layers.text import Chances
from netwright.networks.layers.text_recurrent import CELLS, TextRecurrent

TEXT = TextInput(words=9, length=5, part_slots=20, parts=2)
ROWS = torch.tensor([[2, 3, 1, 4, 0, 7, 9], [8, 0, 0, 0, 0, 3, 0], [0] * 7, [5, 6, 5, 7, 5, 1, 2]])


def layer(cell, seed=0):
    made = TextRecurrent(TEXT, 4, Chances(0.0, 0.0), cell, 3).double().eval()
    made.fill(torch.Generator().manual_seed(seed))
    return made


def gates(weights, x, h):
    """Return W x + b and U h + c, three rows of units a gate."""
    return (weights["weight_ih"] @ x + weights["bias_ih"]).split(3), (
        weights["weight_hh"] @ h + weights["bias_hh"]
    ).split(3)


def elman(weights, x, h, c):
    (a,), (b,) = gates(weights, x, h)
    return torch.tanh(a + b), c


def lstm(weights, x, h, c):
    i, f, g, o = (a + b for a, b in zip(*gates(weights, x, h), strict=True))
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    return torch.sigmoid(o) * torch.tanh(c), c


def gru(weights, x, h, c):
    (r, z, n), (hr, hz, hn) = gates(weights, x, h)
    z = torch.sigmoid(z + hz)
    return (1 - z) * torch.tanh(n + torch.sigmoid(r + hr) * hn) + z * h, c


STEPS = {"rnn": elman, "lstm": lstm, "gru": gru}


@pytest.mark.parametrize("cell", CELLS)
def test_each_word_moves_the_state_as_the_equations_say(cell):
    made = layer(cell)
    torch.nn.init.uniform_(made.cell.bias_hh_l0, -1, 1)  # no term of the equations is left out
    for row, found in zip(ROWS, made(ROWS), strict=True):
        words = [int(word) for word in row[:5] if word] or [0]
        largest = []
        for suffix, order in (("_l0", words), ("_l0_reverse", words[::-1])):
            names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
            weights = {name: getattr(made.cell, name + suffix) for name in names}
            h, c, states = torch.zeros(3).double(), torch.zeros(3).double(), []
            for word in order:
                h, c = STEPS[cell](weights, made.words.weight[word], h, c)
                states.append(h)
            largest.append(torch.stack(states).amax(dim=0))
        assert torch.allclose(found, torch.cat(largest))


@pytest.mark.parametrize("cell", CELLS)
def test_a_text_is_the_same_among_longer_ones_and_alone(cell):
    made = layer(cell)
    alone = torch.cat([made(row.unsqueeze(0)) for row in ROWS])
    assert torch.allclose(made(ROWS), alone)
    swapped = ROWS[:, [1, 0, 2, 3, 4, 5, 6]]
    assert not torch.allclose(made(ROWS)[0], made(swapped)[0])


@pytest.mark.parametrize("cell", CELLS)
def test_it_starts_with_orthogonal_gates_and_a_memory(cell):
    made = layer(cell)
    for gate in made.cell.weight_hh_l0.detach().split(3):
        assert torch.allclose(gate @ gate.T, torch.eye(3).double(), atol=1e-6)
    biases = [gate.tolist() for gate in made.cell.bias_ih_l0.detach().split(3)]
    assert biases == [[float(cell == "lstm" and number == 1)] * 3 for number in range(len(biases))]
    assert not made.cell.bias_hh_l0.any()
    assert torch.equal(made(ROWS), layer(cell)(ROWS))
    assert not torch.equal(made(ROWS), layer(cell, seed=1)(ROWS))


@pytest.mark.parametrize("cell", CELLS)
def test_gradients_are_right(cell):
    made = layer(cell)
    named = {name: value.detach().requires_grad_() for name, value in made.named_parameters() if "words" not in name}

    def answer(*values):
        return torch.func.functional_call(made, dict(zip(named, values, strict=True)), (ROWS,))

    assert torch.autograd.gradcheck(answer, tuple(named.values()))
