"""Gates and states step by step: the hidden states are torch's own, gates are where they belong."""

import pytest
import torch
from torch import nn

from netwright.networks.layers.gates import read_gates

KINDS = {
    "rnn": (nn.RNN, set()),
    "lstm": (nn.LSTM, {"input", "forget", "candidate", "output"}),
    "gru": (nn.GRU, {"reset", "update", "candidate"}),
}


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("backward", [False, True])
def test_hidden_states_are_those_of_the_layer(kind, backward):
    make, names = KINDS[kind]
    layer = make(3, 5, batch_first=True, bidirectional=True).double()
    x = torch.randn(4, 7, 3, dtype=torch.float64)
    found = read_gates(layer, x, backward)
    states, ends = layer(x)
    expected = states[..., 5:].flip(1) if backward else states[..., :5]
    assert torch.allclose(found.hidden, expected, atol=1e-12)
    assert found.gates.keys() == names
    for name, values in found.gates.items():
        assert values.shape == (4, 7, 5)
        assert values.min() >= (-1.0 if name == "candidate" else 0.0)
        assert values.max() <= 1.0
    if kind == "lstm":
        assert torch.allclose(found.cell[:, -1], ends[1][int(backward)], atol=1e-12)
    else:
        assert found.cell is None


def test_a_forget_gate_with_a_large_bias_keeps_what_was_remembered():
    layer = nn.LSTM(2, 3, batch_first=True)
    with torch.no_grad():
        for weight in layer.parameters():
            weight.zero_()
        layer.bias_ih_l0[3:6] = 30.0  # forget
        layer.bias_ih_l0[:3] = 30.0  # input
        layer.weight_ih_l0[6:9, 0] = 1.0  # candidate reads the first feature
    x = torch.zeros(1, 5, 2)
    x[0, 0, 0] = 0.5
    found = read_gates(layer, x)
    assert torch.allclose(found.gates["forget"], torch.ones(1, 5, 3))
    assert torch.allclose(found.cell, torch.full((1, 5, 3), 0.5).tanh())


def test_what_cannot_be_read_is_refused():
    with pytest.raises(ValueError, match="both directions"):
        read_gates(nn.GRU(2, 3, batch_first=True), torch.zeros(1, 2, 2), backward=True)
    with pytest.raises(ValueError, match="got RNN_RELU"):
        read_gates(nn.RNN(2, 3, nonlinearity="relu", batch_first=True), torch.zeros(1, 2, 2))
