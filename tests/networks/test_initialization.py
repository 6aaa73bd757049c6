import math

import pytest
import torch
from torch import nn

from netwright.core.errors import RecipeError
from netwright.networks.initialization import INITIALIZERS, choose_initialization, gain_of, initialize
from netwright.networks.layers.activations import ACTIVATIONS, activation_name

FAN_IN, FAN_OUT = 400, 300
STDS = {  # standard deviation of a weight at gain 1
    "xavier_uniform": math.sqrt(2 / (FAN_IN + FAN_OUT)),
    "xavier_normal": math.sqrt(2 / (FAN_IN + FAN_OUT)),
    "he_uniform": 1 / math.sqrt(FAN_IN),
    "he_normal": 1 / math.sqrt(FAN_IN),
    "lecun_normal": 1 / math.sqrt(FAN_IN),
    "orthogonal": 1 / math.sqrt(FAN_IN),
    "data_driven": 1 / math.sqrt(FAN_IN),
    "zeros": 0.0,
}


@pytest.mark.parametrize("name", INITIALIZERS)
def test_spread_is_the_formula(name):
    weight = torch.empty(FAN_OUT, FAN_IN)
    INITIALIZERS[name](weight, 1.0, torch.Generator().manual_seed(0))
    assert weight.std().item() == pytest.approx(STDS[name], rel=0.02)
    assert abs(weight.mean().item()) < 0.001


def test_orthogonal_rows_are_orthonormal():
    weight = torch.empty(30, 40)
    INITIALIZERS["orthogonal"](weight, 1.0, torch.Generator().manual_seed(0))
    assert torch.allclose(weight @ weight.T, torch.eye(30), atol=1e-5)


@pytest.mark.parametrize(
    ("activation", "gain"),
    [("relu", math.sqrt(2)), ("leaky_relu", math.sqrt(2 / 1.0001)), ("prelu", math.sqrt(2 / 1.0625)), ("identity", 1)],
)
def test_gain_is_he_s_for_rectifiers(activation, gain):
    assert gain_of(activation) == pytest.approx(gain, rel=1e-6)


def test_gain_of_a_function_that_answers_nothing_is_one():
    assert gain_of(torch.zeros_like) == 1.0


@pytest.mark.parametrize("activation", [*ACTIVATIONS, torch.sin], ids=activation_name)
def test_auto_says_what_and_why(activation):
    choice = choose_initialization("auto", activation)
    expected = {"selu": "lecun_normal", "sigmoid": "xavier_uniform", "tanh": "xavier_uniform"}
    assert choice.name == "network.initialization"
    assert choice.value == expected.get(activation, "xavier_uniform" if activation == "identity" else "he_normal")
    assert (activation if isinstance(activation, str) else "sin") in choice.reason


def test_a_name_asked_for_is_kept_and_a_wrong_one_refused():
    assert choose_initialization("zeros", "relu").value == "zeros"
    with pytest.raises(RecipeError, match="'orthogonal'"):
        choose_initialization("ortogonal", "relu")


@pytest.mark.parametrize("activation", ["relu", "leaky_relu", "prelu", "elu", "gelu", "silu", "mish", "selu", "tanh"])
def test_signals_keep_their_size_through_ten_layers(activation):
    layers = [part for _ in range(10) for part in (nn.Linear(256, 256), ACTIVATIONS[activation]())]
    network = nn.Sequential(*layers, nn.Linear(256, 1))
    initialize(network, "auto", activation, seed=0)
    with torch.no_grad():
        signal = network[:-1](torch.randn(64, 256, generator=torch.Generator().manual_seed(1)))
    assert 0.05 < signal.pow(2).mean().sqrt().item() < 5.0


def test_biases_start_at_zero_and_embeddings_small():
    module = nn.ModuleList([nn.Linear(4, 3), nn.Embedding(10, 4)])
    initialize(module, "he_normal", "relu", seed=0)
    assert not module[0].bias.any()
    assert module[1].weight.abs().max() <= 0.02
