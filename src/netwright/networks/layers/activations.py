"""Element-wise functions between two linear layers: f in a = f(z)."""

import copy
from collections.abc import Callable
from functools import partial

from jaxtyping import Float
from torch import Tensor, nn

from netwright.core.errors import RecipeError, nearest

Activation = str | Callable[..., Tensor]  # a name of ACTIVATIONS, or any differentiable function of one tensor

ACTIVATIONS: dict[str, Callable[[], nn.Module]] = {
    "sigmoid": nn.Sigmoid,  # 1 / (1 + e^-z)
    "tanh": nn.Tanh,
    "relu": nn.ReLU,  # max(0, z)
    "leaky_relu": partial(nn.LeakyReLU, negative_slope=0.01),  # Maas, Hannun, Ng, Rectifier nonlinearities, 2013
    "prelu": partial(nn.PReLU, init=0.25),  # He et al., Delving deep into rectifiers, 2015
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

    def __init__(self, function: Callable[..., Tensor]) -> None:
        super().__init__()
        self.function = function

    def forward(self, x: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
        return self.function(x)


def make_activation(activation: Activation) -> nn.Module:
    """Return a fresh layer for a name of ACTIVATIONS or for a function such as `torch.sin`.

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
    return ACTIVATIONS[activation]()


def activation_name(activation: Activation) -> str:
    if isinstance(activation, str):
        return activation
    return getattr(activation, "__name__", type(activation).__name__)
