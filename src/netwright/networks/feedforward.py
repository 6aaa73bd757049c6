"""The feed-forward network: z^l = W^l a^(l-1) + b^l, a^l = dropout(f(norm(z^l)))."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from netwright.core.errors import RecipeError
from netwright.core.values import InputSpec
from netwright.networks.initialization import initialize
from netwright.networks.layers.activations import Activation, make_activation
from netwright.networks.layers.dropout import make_dropout
from netwright.networks.layers.embedding import CategoricalEmbedding
from netwright.networks.layers.normalization import make_normalization
from netwright.networks.layers.residual import Residual


@dataclass(frozen=True)
class MLPConfig:
    """The shape of a feed-forward network. Each hidden layer is Linear, normalisation, activation, dropout."""

    hidden_sizes: tuple[int, ...] = (64, 32)
    activation: Activation = "leaky_relu"  # a name of ACTIVATIONS or a differentiable function
    normalization: str = "batch"  # none, batch, layer
    dropout: float = 0.25  # share of units silenced, from 0 up to 1
    dropout_form: str = "inverted"  # inverted, classic
    residual: bool = False
    initialization: str = "auto"  # a name of INITIALIZERS, or by activation


class MLP(nn.Module):
    """Embeddings beside numeric inputs, hidden layers, one linear output layer. Hands on logits."""

    def __init__(self, config: MLPConfig, spec: InputSpec) -> None:
        super().__init__()
        self.embedding = CategoricalEmbedding(spec.cardinalities) if spec.cardinalities else None
        width = spec.numeric + (self.embedding.width if self.embedding else 0)
        widths = (width, *config.hidden_sizes)
        self.hidden = nn.Sequential(*_hidden_layers(config, widths))
        self.output = nn.Linear(widths[-1], spec.outputs, device="meta").to_empty(device="cpu")  # filled by initialize

    def forward(
        self, numeric: Float[Tensor, "batch numeric"], categorical: Int[Tensor, "batch categorical"]
    ) -> Float[Tensor, "batch outputs"]:
        """Return logits (classification) or values (regression); `categorical` may have width 0."""
        features = numeric
        if self.embedding is not None:
            features = torch.cat([numeric, self.embedding(categorical)], dim=1)
        logits: Tensor = self.output(self.hidden(features))
        return logits


def build_mlp(config: MLPConfig, spec: InputSpec, seed: int) -> MLP:
    """Return an initialised network; the same arguments give the same bytes.

    Raises:
        RecipeError: a name is unknown or a size out of range.
    """
    _check(config, spec)
    network = MLP(config, spec)
    initialize(network, config.initialization, config.activation, seed)
    return network


def _hidden_layers(config: MLPConfig, widths: tuple[int, ...]) -> Iterator[nn.Module]:
    for width_in, width_out in pairwise(widths):
        layers = _layers(config, width_in, width_out)
        if config.residual:
            yield Residual(nn.Sequential(*layers), width_in, width_out)
        else:
            yield from layers  # flat: a nested Sequential costs time at every step


def _layers(config: MLPConfig, width_in: int, width_out: int) -> list[nn.Module]:
    layers: list[nn.Module] = [
        nn.Linear(width_in, width_out, device="meta").to_empty(device="cpu"),
        make_normalization(config.normalization, width_out),
        make_activation(config.activation),
        make_dropout(config.dropout_form, config.dropout),
    ]
    return [layer for layer in layers if not _does_nothing(layer)]


def _does_nothing(layer: nn.Module) -> bool:
    return isinstance(layer, nn.Identity) or getattr(layer, "p", None) == 0.0


def _check(config: MLPConfig, spec: InputSpec) -> None:
    if any(size < 1 for size in config.hidden_sizes):
        raise RecipeError(f"network.hidden_sizes: expected whole numbers of at least 1, got {config.hidden_sizes}")
    if not 0.0 <= config.dropout < 1.0:
        raise RecipeError(f"network.dropout: expected a share from 0 up to but not including 1, got {config.dropout}")
    if spec.numeric + len(spec.cardinalities) < 1:
        raise RecipeError("network: expected at least one input column, got none")
    if spec.outputs < 1:
        raise RecipeError(f"network: expected at least one output, got {spec.outputs}")
