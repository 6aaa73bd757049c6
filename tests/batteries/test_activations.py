"""Every activation: value, shape, gradient, determinism. A new one is one row of VALUES."""

import numpy as np
import pytest
import torch
from scipy.special import erf

from netwright.networks.layers.activations import ACTIVATIONS, ParametricActivation, activation_name, make_activation

SELU_SCALE, SELU_ALPHA = 1.0507009873554805, 1.6732632423543772


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


VALUES = {
    "sigmoid": sigmoid,
    "tanh": np.tanh,
    "relu": lambda z: np.maximum(z, 0),
    "leaky_relu": lambda z: np.where(z > 0, z, 0.01 * z),
    "prelu": lambda z: np.where(z > 0, z, 0.25 * z),
    "prelu_units": lambda z: np.where(z > 0, z, 0.25 * z),
    "elu": lambda z: np.where(z > 0, z, np.exp(z) - 1),
    "selu": lambda z: SELU_SCALE * np.where(z > 0, z, SELU_ALPHA * (np.exp(z) - 1)),
    "gelu": lambda z: z * 0.5 * (1 + erf(z / np.sqrt(2))),
    "silu": lambda z: z * sigmoid(z),
    "mish": lambda z: z * np.tanh(np.log1p(np.exp(z))),
    "softplus": lambda z: np.log1p(np.exp(z)),
    "identity": lambda z: z,
    torch.sin: np.sin,
    torch.nn.Hardswish(): lambda z: z * np.clip(z + 3, 0, 6) / 6,
}


def test_the_battery_has_every_activation():
    assert set(ACTIVATIONS) <= set(VALUES)


@pytest.fixture(params=list(VALUES), ids=activation_name)
def name(request):
    return request.param


def points():
    return torch.linspace(-4.1, 4.2, 60, dtype=torch.float64).reshape(12, 5)


def test_value_is_the_definition(name):
    z = points()
    with torch.no_grad():
        np.testing.assert_allclose(make_activation(name, 5).double()(z).numpy(), VALUES[name](z.numpy()), atol=1e-7)


def test_gradient_is_the_numerical_one(name):
    assert torch.autograd.gradcheck(make_activation(name, 5).double(), points().requires_grad_(), atol=1e-5)


def test_the_parametric_form_goes_from_a_line_to_the_function(name):
    layer, z = ParametricActivation(make_activation(name, 5), 5).double(), points()
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([1.0, 0.0, 0.5, 2.0, -1.0]))
        expected = z.numpy() + layer.weight.numpy() * (VALUES[name](z.numpy()) - z.numpy())
        np.testing.assert_allclose(layer(z).numpy(), expected, atol=1e-7)


def test_same_input_same_output_and_shape(name):
    layer, z = make_activation(name, 7), torch.randn(3, 7)
    assert torch.equal(layer(z), layer(z))
    assert layer(z).shape == z.shape
