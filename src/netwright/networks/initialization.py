"""The weights a network starts from: wide enough that signals keep their size from layer to layer, and no wider.

A weight matrix is `Float[Tensor, "fan_out fan_in"]`. Biases start at zero. Every draw comes from one generator, seeded
from the recipe, so that building is repeatable and leaves the global random state alone.
"""

import math
from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Generator, Tensor, nn

from netwright.core.errors import RecipeError, nearest
from netwright.core.seeds import derive_seed
from netwright.core.values import Choice
from netwright.networks.layers.activations import Activation, activation_name, make_activation
from netwright.networks.layers.image import ImageLayer
from netwright.networks.layers.members import LINEAR, MemberAdapter, MemberHead
from netwright.networks.layers.numeric_embedding import PeriodicEmbedding, PiecewiseEmbedding
from netwright.networks.layers.series import SeriesLayer
from netwright.networks.layers.text import TextLayer

Weight = Float[Tensor, "fan_out fan_in"]
Initializer = Callable[[Tensor, float, Generator], object]

OWN = (
    PeriodicEmbedding,
    PiecewiseEmbedding,
    MemberAdapter,
    MemberHead,
    TextLayer,
    ImageLayer,
    SeriesLayer,
)  # layers whose own `fill` says how they start
EMBEDDING_STD = 0.01  # truncated at two; small, so that a category never seen adds nearly nothing


def xavier_uniform(weight: Weight, gain: float, generator: Generator) -> Tensor:
    """U(-a, a), a = gain sqrt(6 / (fan_in + fan_out)) (Glorot, Bengio, Understanding the difficulty, 2010)."""
    return nn.init.xavier_uniform_(weight, gain, generator=generator)


def xavier_normal(weight: Weight, gain: float, generator: Generator) -> Tensor:
    """N(0, s^2), s = gain sqrt(2 / (fan_in + fan_out)) (Glorot, Bengio, 2010)."""
    return nn.init.xavier_normal_(weight, gain, generator=generator)


def he_uniform(weight: Weight, gain: float, generator: Generator) -> Tensor:
    """U(-a, a), a = gain sqrt(3 / fan_in) (He, Zhang, Ren, Sun, Delving deep into rectifiers, 2015)."""
    bound = gain * math.sqrt(3.0 / weight.shape[1])
    return nn.init.uniform_(weight, -bound, bound, generator=generator)


def he_normal(weight: Weight, gain: float, generator: Generator) -> Tensor:
    """N(0, s^2), s = gain / sqrt(fan_in) (He, Zhang, Ren, Sun, 2015)."""
    return nn.init.normal_(weight, 0.0, gain / math.sqrt(weight.shape[1]), generator=generator)


def lecun_normal(weight: Weight, _gain: float, generator: Generator) -> Tensor:
    """N(0, s^2), s = 1 / sqrt(fan_in) (LeCun, Bottou, Orr, Müller, Efficient BackProp, 1998)."""
    return nn.init.normal_(weight, 0.0, 1.0 / math.sqrt(weight.shape[1]), generator=generator)


def orthogonal(weight: Weight, gain: float, generator: Generator) -> Tensor:
    """gain Q, the rows or columns of Q orthonormal (Saxe, McClelland, Ganguli, Exact solutions, 2014)."""
    return nn.init.orthogonal_(weight, gain, generator=generator)


def data_driven(weight: Weight, _gain: float, generator: Generator) -> Tensor:
    """N(0, 1 / fan_in), until `fit_weights` (data_driven.py) has seen the training rows."""
    return nn.init.normal_(weight, 0.0, 1.0 / math.sqrt(weight.shape[1]), generator=generator)


def zeros(weight: Weight, _gain: float, _generator: Generator) -> Tensor:
    """All zero: units of a layer stay equal for ever. Here to be seen failing."""
    return nn.init.zeros_(weight)


INITIALIZERS: dict[str, Initializer] = {
    "xavier_uniform": xavier_uniform,
    "xavier_normal": xavier_normal,
    "he_uniform": he_uniform,
    "he_normal": he_normal,
    "lecun_normal": lecun_normal,
    "orthogonal": orthogonal,
    "data_driven": data_driven,
    "zeros": zeros,
}


def choose_initialization(name: str, activation: Activation) -> Choice:
    """Return the initialiser for hidden layers, "auto" resolved by the activation, with the reason.

    Raises:
        RecipeError: the name is unknown.
    """
    called = activation_name(activation)
    if name in INITIALIZERS:
        return Choice("network.initialization", name, "asked for")
    if name != "auto":
        valid = ["auto", *INITIALIZERS]
        raise RecipeError(f"network.initialization: expected a known scheme, got {name!r}; {nearest(name, valid)}")
    if called == "selu":
        return Choice("network.initialization", "lecun_normal", "selu normalises itself only under LeCun's variance")
    if called in ("sigmoid", "tanh", "identity"):
        reason = f"{called} is near linear around 0, which Xavier's variance assumes"
        return Choice("network.initialization", "xavier_uniform", reason)
    reason = f"{called} changes a signal's size, which He's variance makes good (gain {gain_of(activation):.4g})"
    return Choice("network.initialization", "he_normal", reason)


def gain_of(activation: Activation) -> float:
    """Return 1 / sqrt(E[f(z)^2]) for z ~ N(0, 1): sqrt(2) for relu. It keeps the second moment from layer to layer.

    1.0 where the moment is zero, not finite, or unknown to a function that wants a whole row.
    """
    z = torch.linspace(-10.0, 10.0, 20_001, dtype=torch.float64).reshape(1, -1)
    density = torch.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi)
    with torch.no_grad():
        moment = torch.trapezoid(make_activation(activation).double()(z) ** 2 * density, z).item()
    return 1.0 / math.sqrt(moment) if math.isfinite(moment) and moment > 1e-6 else 1.0


def initialize(module: nn.Module, name: str, activation: Activation, seed: int) -> None:
    """Fill every linear and embedding layer of `module` in place; normalisations and scalings start as the identity.

    The last linear layer has no activation after it: under "auto" it is Xavier uniform with gain 1. Where members have
    outputs of their own, each is drawn for itself as torch draws a linear layer's, biases too: see MemberHead.
    """
    generator = torch.Generator().manual_seed(derive_seed(seed, "initialization"))
    hidden = INITIALIZERS[choose_initialization(name, activation).value]
    gain = gain_of(activation) if hidden in (he_uniform, he_normal, orthogonal) else 1.0
    linear = [layer for layer in module.modules() if isinstance(layer, LINEAR)]
    for layer in linear:
        if isinstance(layer, MemberHead):
            continue
        last = layer is linear[-1]
        scheme = xavier_uniform if last and name == "auto" else hidden
        scheme(layer.weight, 1.0 if last else gain, generator)
        if layer.bias is not None:
            nn.init.zeros_(layer.bias)
    readers = [layer for layer in module.modules() if isinstance(layer, TextLayer | ImageLayer | SeriesLayer)]
    own = {id(inside) for reader in readers for inside in reader.modules()} - set(map(id, readers))
    for table in module.modules():
        if id(table) in own:
            continue
        if isinstance(table, nn.Embedding):
            bound = 2 * EMBEDDING_STD
            nn.init.trunc_normal_(table.weight, 0.0, EMBEDDING_STD, -bound, bound, generator=generator)
        elif isinstance(table, OWN):
            table.fill(generator)
