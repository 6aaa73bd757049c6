"""Element-wise functions between two linear layers: f in a = f(z)."""

import copy
from collections.abc import Callable
from functools import partial

import torch
from jaxtyping import Float
from torch import Tensor, nn

from netwright.core.errors import RecipeError, nearest

Activation = str | Callable[..., Tensor]  # a name of ACTIVATIONS, or any differentiable function of one tensor

UNIT_SLOPES = "prelu_units"  # the one that must know the width of its layer

ACTIVATIONS: dict[str, Callable[..., nn.Module]] = {
    "sigmoid": nn.Sigmoid,  # 1 / (1 + e^-z)
    "tanh": nn.Tanh,
    "relu": nn.ReLU,  # max(0, z)
    "leaky_relu": partial(nn.LeakyReLU, negative_slope=0.01),  # Maas, Hannun, Ng, Rectifier nonlinearities, 2013
    "prelu": partial(nn.PReLU, init=0.25),  # He et al., Delving deep into rectifiers, 2015
    UNIT_SLOPES: partial(nn.PReLU, init=0.25),  # the same with a slope for each unit
    "elu": nn.ELU,  # Clevert, Unterthiner, Hochreiter, Fast and accurate deep network learning, 2016
    "selu": nn.SELU,  # Klambauer et al., Self-normalizing neural networks, 2017
    "gelu": nn.GELU,  # Hendrycks, Gimpel, Gaussian error linear units, 2016
    "silu": nn.SiLU,  # z sigmoid(z); Elfwing, Uchibe, Doya, Sigmoid-weighted linear units, 2018
    "mish": nn.Mish,  # z tanh(softplus(z)); Misra, Mish, 2019
    "softplus": nn.Softplus,  # log(1 + e^z)
    "identity": nn.Identity,
}


class FunctionActivation(nn.Module):
    """A user's own differentiable function of one tensor, as a layer."""

    asks_host = True  # a function may decide by anything: its steps cannot be recorded for a GPU

    def __init__(self, function: Callable[..., Tensor]) -> None:
        super().__init__()
        self.function = function

    def forward(self, x: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
        return self.function(x)


class ParametricActivation(nn.Module):
    """y = z + alpha (f(z) - z), one alpha for each unit, starting at 1: each learns how much to bend, 0 being a line.

    Source: Holzmüller, Grinsztajn, Steinwart, Better by default, 2024.
    """

    def __init__(self, function: nn.Module, width: int) -> None:
        super().__init__()
        self.function = function
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, z: Float[Tensor, "batch width"]) -> Float[Tensor, "batch width"]:
        return torch.lerp(z, self.function(z), self.weight)


def make_activation(activation: Activation, width: int = 1) -> nn.Module:
    """Return a fresh layer for a name of ACTIVATIONS or for a function such as `torch.sin`.

    Args:
        activation: a name or a function.
        width: units of the layer; only an activation that learns something of each unit looks at it.

    Raises:
        RecipeError: the name is unknown.
    """
    if isinstance(activation, nn.Module):
        return copy.deepcopy(activation)  # a learnt slope must not be shared between layers
    if not isinstance(activation, str):
        return FunctionActivation(activation)
    if activation not in ACTIVATIONS:
        raise RecipeError(
            f"network.activation: expected a known activation, got {activation!r}; {nearest(activation, ACTIVATIONS)}"
        )
    return ACTIVATIONS[activation](width) if activation == UNIT_SLOPES else ACTIVATIONS[activation]()


def activation_name(activation: Activation) -> str:
    if isinstance(activation, str):
        return activation
    return getattr(activation, "__name__", type(activation).__name__)
