"""The feed-forward network: z^l = W^l a^(l-1) + b^l, a^l = dropout(f(norm(z^l)))."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch
from jaxtyping import Float, Int, Shaped
from torch import Tensor, nn

from netwright.core.errors import RecipeError, nearest
from netwright.core.values import InputSpec, Task, TextInput
from netwright.networks.ensemble import average_logits
from netwright.networks.initialization import initialize
from netwright.networks.layers.activations import Activation, ParametricActivation, make_activation
from netwright.networks.layers.dropout import make_dropout
from netwright.networks.layers.embedding import CategoricalEmbedding
from netwright.networks.layers.image import ImageLayer
from netwright.networks.layers.image_config import ImageConfig, check_images, most_image_numbers
from netwright.networks.layers.images import make_image_layer
from netwright.networks.layers.members import MemberAdapter, MemberHead, by_member
from netwright.networks.layers.normalization import make_normalization
from netwright.networks.layers.numeric_embedding import NumericEmbedding, PeriodicEmbedding, PiecewiseEmbedding
from netwright.networks.layers.recurrent_cells import CELLS
from netwright.networks.layers.residual import Residual
from netwright.networks.layers.scaling import Scaling
from netwright.networks.layers.series import SeriesLayer
from netwright.networks.layers.series_config import SeriesConfig, check_series, most_series_numbers, series_width
from netwright.networks.layers.series_layers import make_series_layer
from netwright.networks.layers.text import Chances, TextBag, TextConvolution, TextLayer
from netwright.networks.layers.text_recurrent import TextRecurrent
from netwright.networks.layers.text_transformer import TextTransformer
from netwright.networks.layers.unfilled import unfilled

MOST_UNITS = 1 << 20  # of a layer, and of every other size
MOST_LAYERS = 1000
MOST_NUMBERS = 1 << 31  # that a network learns: 8 GiB of float32
LEARNT_OR_STRAIGHT = ("prelu", "prelu_units", "identity")  # activations that a parametric form adds nothing to


@dataclass(frozen=True)
class MLPConfig(ImageConfig, SeriesConfig):
    """The shape of a feed-forward network. Each hidden layer is Linear, normalisation, activation, dropout."""

    hidden_sizes: tuple[int, ...] = (64, 32)
    activation: Activation = "leaky_relu"  # a name of ACTIVATIONS or a differentiable function
    normalization: str = "batch"  # none, batch, layer
    dropout: float = 0.25  # share of units silenced, from 0 up to 1
    dropout_form: str = "inverted"  # inverted, classic
    residual: bool = False
    initialization: str = "auto"  # a name of INITIALIZERS, or by activation; data_driven: from the training rows
    numeric_embedding: str = "none"  # none, periodic, piecewise: of the continuous columns
    embedding_size: int | None = None  # numbers that each becomes; None: 4 (itself and 3 learnt) or, piecewise, 16
    category_size: int | None = None  # numbers that each embedded category becomes; None: by the number of categories
    frequencies: int = 16  # periodic: waves of each column
    frequency_scale: float = 0.1  # periodic: standard deviation of their frequencies at the start
    bins: int = 48  # piecewise: of each column
    edges_from: str = "quantiles"  # piecewise: quantiles, or tree: where a small tree would part the training rows
    scaling: bool = False  # a learnt factor for each input
    parametric: bool = False  # each unit learns how much of the activation it takes
    members: int = 1  # networks in one that share the hidden layers; their answers are averaged
    text: str = "bag"  # bag, convolution, rnn, lstm, gru, transformer: how the words of a text become one vector
    text_size: int = 64  # numbers of each word's vector
    text_hidden: float = 0.1  # share of words that training does not see
    text_dropout: float = 0.5  # share silenced of what a text becomes
    text_pairs: int = 32_768  # bag: vectors that all pairs of neighbouring words share
    text_filters: int = 64  # convolution: of each of 1 to 4 words
    text_units: int = 64  # rnn, lstm, gru: in each direction
    text_depth: int = 2  # transformer: blocks
    text_heads: int = 4  # transformer: of each block; text_size is a multiple of twice as many


class MLP(nn.Module):
    """Embeddings beside numeric inputs, hidden layers, one linear output layer. Hands on logits.

    The first hidden layer reads the embedded continuous columns, then the other numeric ones, then the categories.
    With members, it hands on the logits of each of them in training, whose losses are averaged; in evaluation one row
    a row: that of their averaged probabilities (or values), as an ensemble of networks does.
    """

    def __init__(self, config: MLPConfig, spec: InputSpec) -> None:
        super().__init__()
        self.data_driven = config.initialization == "data_driven"
        self.numeric_embedding = _numeric_embedding(config, spec)
        self.embedding = CategoricalEmbedding(spec.cardinalities, config.category_size) if spec.cardinalities else None
        self.texts = nn.ModuleList(_text(config, text) for text in spec.texts)
        self.words = [text.columns for text in spec.texts]
        self.images = make_image_layer(config, spec.image) if spec.image is not None else None
        self.series = make_series_layer(config, spec.series) if spec.series is not None else None
        sizes = _sizes(spec, self.numeric_embedding, self.embedding, (*self.texts, self.images, self.series))
        width = sum(sizes)
        self.scaling = Scaling(width) if config.scaling else None
        signs = self.numeric_embedding is None  # a factor near 0 would hide a number from a member
        self.adapter = MemberAdapter(config.members, sizes, signs) if config.members > 1 else None
        widths = (width, *config.hidden_sizes)
        self.hidden = nn.Sequential(*_hidden_layers(config, widths))
        self.output = _output(config, widths[-1], spec.outputs)
        self.task: Task = spec.task

    def forward(
        self,
        numeric: Float[Tensor, "batch numeric"],
        categorical: Int[Tensor, "batch categorical"],
        third: Shaped[Tensor, "batch channels *place"] | None = None,
    ) -> Float[Tensor, "rows outputs"]:
        """Return logits (classification) or values (regression); `categorical` may have width 0.

        Its columns are the embedded ones, then those of each text. The third input is there where the rows have
        images, bytes [batch, channels, height, width], or series, numbers [batch, channels, length].
        """
        return self.decide(self.encode(numeric, categorical, third))

    def encode(
        self,
        numeric: Float[Tensor, "batch numeric"],
        categorical: Int[Tensor, "batch categorical"],
        third: Shaped[Tensor, "batch channels *place"] | None = None,
    ) -> Float[Tensor, "batch width"]:
        """Return what the columns are worth, each apart from all others: what the layers behind read."""
        features = numeric if self.numeric_embedding is None else self.numeric_embedding(numeric)
        if self.words:
            widths = [categorical.shape[1] - sum(self.words), *self.words]
            categorical, *texts = torch.split(categorical, widths, dim=1)
            read = [layer(text) for layer, text in zip(self.texts, texts, strict=True)]
            features = torch.cat([features, *read], dim=1)
        if self.images is not None:
            features = torch.cat([features, self.images(third)], dim=1)
        if self.series is not None:
            features = torch.cat([features, self.series(third)], dim=1)
        if self.embedding is not None:
            features = torch.cat([features, self.embedding(categorical)], dim=1)
        return features

    def decide(self, features: Float[Tensor, "batch width"]) -> Float[Tensor, "rows outputs"]:
        """Return logits or values of encoded rows."""
        if self.scaling is not None:
            features = self.scaling(features)
        if self.adapter is not None:
            features = self.adapter(features)
        logits: Tensor = self.output(self.hidden(features))
        if self.adapter is None or self.training:
            return logits
        return average_logits(by_member(logits, self.adapter.members), self.task)


def build_mlp(config: MLPConfig, spec: InputSpec, seed: int) -> MLP:
    """Return an initialised network; the same arguments give the same bytes.

    Raises:
        RecipeError: a name is unknown or a size out of range.
    """
    _check(config, spec)
    if (numbers := _most_numbers(config, spec)) > MOST_NUMBERS:
        raise RecipeError(
            f"network: expected at most {MOST_NUMBERS:,} numbers to learn, got sizes that make {numbers:,}; lower them"
        )
    network = MLP(config, spec)
    initialize(network, config.initialization, config.activation, seed)
    return network


def shapes_of(config: MLPConfig, spec: InputSpec) -> dict[str, tuple[int, ...]]:
    """Return the name and shape of each weight and buffer of a network, without room for a single one of them.

    Raises:
        RecipeError: as `build_mlp`.
    """
    _check(config, spec)
    with torch.device("meta"):
        return {name: tuple(value.shape) for name, value in MLP(config, spec).state_dict().items()}


def _most_numbers(config: MLPConfig, spec: InputSpec) -> int:
    """Return about how many numbers a network learns, an upper bound, from its settings alone."""
    size = 1 if config.numeric_embedding == "none" else config.embedding_size or 16
    waves = 0 if config.numeric_embedding == "none" else max(config.frequencies, config.bins) * size
    category = config.category_size or 50
    width = spec.numeric * size + len(spec.cardinalities) * category
    layers = sum(a * b for a, b in pairwise((width, *config.hidden_sizes)))
    per_word = config.text_size * sum(text.words + text.part_slots for text in spec.texts)
    shared = config.text_pairs * config.text_size + 10 * config.text_filters * config.text_size
    shared += 12 * config.text_depth * config.text_size**2
    shared += 8 * config.text_units * (config.text_size + config.text_units)
    width += len(spec.texts) * max(config.text_size, 4 * config.text_filters, 2 * config.text_units)
    layers += per_word + len(spec.texts) * shared
    if spec.image is not None:
        layers += most_image_numbers(config, spec.image)
        width += config.image_widths[-1]
    if spec.series is not None:
        layers += most_series_numbers(config, spec.series)
        width += series_width(config)
    ends = config.members * (width + spec.outputs * (config.hidden_sizes or (width,))[-1])
    return layers + ends + len(spec.continuous) * waves + sum(spec.cardinalities) * category


def _numeric_embedding(config: MLPConfig, spec: InputSpec) -> NumericEmbedding | None:
    if config.numeric_embedding == "none" or not spec.continuous:
        return None
    columns, size = (spec.numeric, spec.continuous), config.embedding_size
    if config.numeric_embedding == "periodic":
        return PeriodicEmbedding(*columns, size or 4, config.frequencies, config.frequency_scale)
    return PiecewiseEmbedding(*columns, size or 16, config.bins, config.edges_from)


def _text(config: MLPConfig, text: TextInput) -> TextLayer:
    chances = Chances(config.text_hidden, config.text_dropout)
    if config.text == "convolution":
        return TextConvolution(text, config.text_size, chances, config.text_filters)
    if config.text in CELLS:
        return TextRecurrent(text, config.text_size, chances, config.text, config.text_units)
    if config.text == "transformer":
        return TextTransformer(text, config.text_size, chances, config.text_depth, config.text_heads)
    return TextBag(text, config.text_size, chances, config.text_pairs)


def _sizes(
    spec: InputSpec,
    numbers: NumericEmbedding | None,
    categories: CategoricalEmbedding | None,
    readers: Sequence[nn.Module | None],
) -> list[int]:
    """Return how many columns each feature has in what the first hidden layer reads."""
    plain = [1] * spec.numeric if numbers is None else [numbers.size] * numbers.features + [1] * len(numbers.others)
    plain += [reader.width for reader in readers if isinstance(reader, TextLayer | ImageLayer | SeriesLayer)]
    return plain + [table.embedding_dim for table in (categories.embeddings() if categories else [])]


def _output(config: MLPConfig, width: int, outputs: int) -> nn.Module:
    if config.members > 1:
        return MemberHead(config.members, width, outputs)
    return unfilled(nn.Linear(width, outputs, device="meta"))


def _hidden_layers(config: MLPConfig, widths: tuple[int, ...]) -> Iterator[nn.Module]:
    for width_in, width_out in pairwise(widths):
        layers = _layers(config, width_in, width_out)
        if config.residual:
            yield Residual(nn.Sequential(*layers), width_in, width_out)
        else:
            yield from layers  # flat: a nested Sequential costs time at every step


def _layers(config: MLPConfig, width_in: int, width_out: int) -> list[nn.Module]:
    layers: list[nn.Module] = [
        unfilled(nn.Linear(width_in, width_out, device="meta")),
        make_normalization(config.normalization, width_out),
        _activation(config, width_out),
        make_dropout(config.dropout_form, config.dropout),
    ]
    return [layer for layer in layers if not _does_nothing(layer)]


def _activation(config: MLPConfig, width: int) -> nn.Module:
    function = make_activation(config.activation, width)
    return ParametricActivation(function, width) if config.parametric else function


def _does_nothing(layer: nn.Module) -> bool:
    return isinstance(layer, nn.Identity) or getattr(layer, "p", None) == 0.0


def _check(config: MLPConfig, spec: InputSpec) -> None:
    if len(config.hidden_sizes) > MOST_LAYERS or any(not 1 <= size <= MOST_UNITS for size in config.hidden_sizes):
        expected = f"at most {MOST_LAYERS:,} whole numbers from 1 to {MOST_UNITS:,}"
        raise RecipeError(f"network.hidden_sizes: expected {expected}, got {str(config.hidden_sizes)[:100]}")
    if not 0.0 <= config.dropout < 1.0:
        raise RecipeError(f"network.dropout: expected a share from 0 up to but not including 1, got {config.dropout}")
    _check_embedding(config)
    if not 1 <= config.members <= MOST_UNITS:
        raise RecipeError(f"network.members: expected a whole number from 1 to {MOST_UNITS:,}, got {config.members}")
    if config.parametric and config.activation in LEARNT_OR_STRAIGHT:
        raise RecipeError(
            f"network.parametric: expected an activation that bends and learns nothing, got {config.activation}; "
            "take another activation, or parametric = false"
        )
    check_images(config, spec.image)
    check_series(config, spec.series)
    if spec.numeric + len(spec.cardinalities) + len(spec.texts) < 1 and spec.image is None and spec.series is None:
        raise RecipeError("network: expected at least one input column, got none")
    if list(spec.continuous) != sorted(set(spec.continuous) & set(range(spec.numeric))):
        raise RecipeError(
            f"network: expected ascending positions of continuous columns below {spec.numeric}, got {spec.continuous}"
        )
    if not 1 <= spec.outputs <= MOST_UNITS:
        raise RecipeError(f"network: expected 1 to {MOST_UNITS:,} outputs, got {spec.outputs}")


def _check_embedding(config: MLPConfig) -> None:
    _check_name("numeric_embedding", config.numeric_embedding, ("none", "periodic", "piecewise"))
    _check_name("edges_from", config.edges_from, ("quantiles", "tree"))
    _check_name("text", config.text, ("bag", "convolution", *CELLS, "transformer"))
    if config.text == "transformer" and config.text_size % (2 * max(config.text_heads, 1)):
        raise RecipeError(
            f"network.text_size: expected a multiple of twice network.text_heads ({config.text_heads}), "
            f"got {config.text_size}"
        )
    for setting in ("text_hidden", "text_dropout"):
        if not 0.0 <= getattr(config, setting) < 1.0:
            raise RecipeError(f"network.{setting}: expected a share from 0 up to 1, got {getattr(config, setting)}")
    least = 2 if config.numeric_embedding == "periodic" else 1  # the number itself, and a wave
    for name, value, lowest in (
        ("embedding_size", config.embedding_size, least),
        ("category_size", config.category_size, 1),
        ("frequencies", config.frequencies, 1),
        ("bins", config.bins, 1),
        ("text_size", config.text_size, 1),
        ("text_pairs", config.text_pairs, 2),
        ("text_filters", config.text_filters, 1),
        ("text_units", config.text_units, 1),
        ("text_depth", config.text_depth, 1),
        ("text_heads", config.text_heads, 1),
    ):
        if value is not None and not lowest <= value <= MOST_UNITS:
            raise RecipeError(f"network.{name}: expected a whole number from {lowest} to {MOST_UNITS:,}, got {value}")
    if not 0.0 < config.frequency_scale < math.inf:
        raise RecipeError(f"network.frequency_scale: expected a number above 0, got {config.frequency_scale}")


def _check_name(setting: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise RecipeError(
            f"network.{setting}: expected one of {', '.join(known)}, got {value!r}; {nearest(value, known)}"
        )
