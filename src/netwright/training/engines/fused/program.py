"""From a module to the table of operations that computes it. One function a layer type; no Numba in here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from torch import nn

from netwright.networks.feedforward import MLP
from netwright.networks.layers.activations import ParametricActivation
from netwright.networks.layers.dropout import ClassicDropout
from netwright.networks.layers.embedding import CategoricalEmbedding
from netwright.networks.layers.members import MemberAdapter, MemberHead
from netwright.networks.layers.numeric_embedding import PeriodicEmbedding, PiecewiseEmbedding
from netwright.networks.layers.residual import Residual
from netwright.networks.layers.scaling import Scaling
from netwright.training.engines.fused import table
from netwright.training.engines.fused.layout import Layout, aligned
from netwright.training.engines.fused.table import Operation, Program

SELU = (1.6732632423543772, 1.0507009873554805)  # alpha, scale; Klambauer et al., 2017

NARROWEST_TURNED, LARGEST_TURNED = 16, 8192  # outputs; weights. Measured: see benchmarks/training.py


class NotFused(Exception):  # noqa: N818 - it is an answer, no error: `choice` turns it into words
    """What in a module the fused engine cannot do."""


@dataclass
class Writer:
    """Writes the table while it walks the module; every slot has room for `rows` rows."""

    rows: int  # of the batch, times `times`
    places: Mapping[int, int]  # id of a parameter -> its place
    operations: list[Operation] = field(default_factory=list)
    values: int = 0  # size so far, of the values and of the deltas
    kept: int = 0
    running: int = 0
    tracked: list[tuple[nn.BatchNorm1d, int]] = field(default_factory=list)  # with their places in running
    binned: list[tuple[PiecewiseEmbedding, int]] = field(default_factory=list)  # the same
    columns: list[int] = field(default_factory=list)  # see Data
    beside: int = 0  # columns that a numeric embedding leaves free for the categories
    seen: set[int] = field(default_factory=set)
    times: int = 1  # rows for each row of the batch: the members, once they have parted
    slot: int = 0  # the value that the next layer reads
    width: int = 0
    needs_delta: bool = False  # whether anything below the next layer is trained
    linear: list[nn.Module] = field(default_factory=list)  # those that statistics are taken of, in order

    def place(self, parameter: Any) -> int:
        if parameter is None:
            return table.NONE
        if id(parameter) in self.seen:
            raise NotFused("a weight is shared by two layers")
        self.seen.add(id(parameter))
        return self.places[id(parameter)]

    def new_value(self, width: int) -> int:
        place, self.values = self.values, self.values + aligned(self.rows * width)
        return place

    def keep(self, size: int) -> int:
        place, self.kept = self.kept, self.kept + aligned(size)
        return place

    def hold(self, size: int) -> int:
        place, self.running = self.running, self.running + aligned(size)
        return place

    def add(self, kind: int, **fields: Any) -> None:
        """Add an operation on the current value, in place unless `fields` say otherwise."""
        now = Operation(kind, self.slot, self.slot, self.width, self.width, times=self.times)
        self.operations.append(replace(now, **fields))

    def last(self) -> Operation:
        return self.operations[-1]


def write_program(module: nn.Module, places: Mapping[int, int], numeric: int, rows: int) -> Writer:
    """Write the table of `module` for batches of up to `rows` rows of `numeric` numbers.

    Raises:
        NotFused: the module holds something that the engine has no operation for.
    """
    writer = Writer(rows, places)
    if type(module) is not MLP:
        _gather(writer, numeric, numeric)
    _walk(writer, module, numeric)
    if not writer.seen:
        raise NotFused("it has no parameters")
    return writer


def finish(writer: Writer, hidden: list[tuple[int, int, int]], layout: Layout) -> Program:
    """Return the table as arrays; `hidden` are the matrices of Muon."""
    rows, numbers = table.table_of(writer.operations)
    matrices = np.array(hidden, np.int64).reshape(-1, 3)
    segments = [(part.start, part.end, *part.treatment, part.orthogonal) for part in layout.segments]
    return Program(rows, numbers, matrices, np.array(segments, np.float64), writer.slot, writer.width, writer.times)


def _walk(writer: Writer, layer: nn.Module, numeric: int = 0) -> None:
    if layer._forward_hooks or layer._forward_pre_hooks or layer._backward_hooks:
        raise NotFused(f"{type(layer).__name__} has hooks")
    if type(layer) is MLP:
        _mlp(writer, layer, numeric)
    elif type(layer) in WRITERS:
        WRITERS[type(layer)](writer, layer)
    else:
        function = getattr(layer, "function", None)
        name = getattr(function, "__name__", type(layer).__name__)
        raise NotFused(f"{name} is not one of its operations")


def _gather(writer: Writer, numeric: int, width: int) -> None:
    writer.slot, writer.width = writer.new_value(width), width
    writer.add(table.GATHER, width_in=numeric, width_out=width)


def _mlp(writer: Writer, network: MLP, numeric: int) -> None:
    embedding, numbers = network.embedding, network.numeric_embedding
    if network.words:
        raise NotFused("it reads text")
    writer.beside = embedding.width if embedding else 0
    _gather(writer, numeric, numeric + (0 if numbers else writer.beside))
    if numbers is not None:
        _walk(writer, numbers)
    if embedding is not None:
        _embedding(writer, embedding, writer.width - writer.beside)
    if network.scaling is not None:
        _walk(writer, network.scaling)
    if network.adapter is not None:
        _walk(writer, network.adapter)
    _walk(writer, network.hidden)
    _walk(writer, network.output)


def _embedding(writer: Writer, layer: CategoricalEmbedding, start: int) -> None:
    for column, part in enumerate(layer.embeddings()):
        if part.padding_idx is not None or part.max_norm is not None or part.sparse:
            raise NotFused("an embedding has a padding index, a largest norm or sparse gradients")
        weight, slots, width = writer.place(part.weight), part.num_embeddings, part.embedding_dim
        writer.add(table.EMBED, width_in=width, weight=weight, column=column, spare=start, function=slots)
        start += width
        writer.needs_delta = True


def _periodic(writer: Writer, layer: PeriodicEmbedding) -> None:
    waves = layer.frequency.shape[1]
    kept = writer.keep(2 * writer.rows * layer.frequency.numel())
    spare = writer.keep(writer.rows * (layer.features + layer.size))
    places = {"frequency": writer.place(layer.frequency), "shift": writer.place(layer.phase), "kept": kept}
    _vectors(writer, layer, table.PERIODIC, parts=waves, spare=spare, **places)


def _piecewise(writer: Writer, layer: PiecewiseEmbedding) -> None:
    bins, edges = layer.weight.shape[1], writer.hold(layer.edges.numel())
    kept, spare = writer.keep(2 * writer.rows * layer.features), writer.keep(bins * layer.size)
    writer.binned.append((layer, edges))
    places = {"shift": writer.place(layer.slope), "running": edges, "kept": kept, "spare": spare}
    _vectors(writer, layer, table.PIECEWISE, parts=bins, **places)


def _vectors(writer: Writer, layer: Any, kind: int, **fields: int) -> None:
    """Turn the numbers of the rows into vectors, the other columns behind them, in a wider value."""
    if [operation.kind for operation in writer.operations] != [table.GATHER]:
        raise NotFused("a numeric embedding is not the first layer")
    writer.columns = [*layer.columns.tolist(), *layer.others.tolist()]
    count, source, wide = layer.features, writer.slot, layer.width + writer.beside
    writer.operations[0] = replace(writer.last(), width_in=count, width_out=count, column=0, spare=0)
    writer.slot, writer.width, writer.needs_delta = writer.new_value(wide), wide, True
    writer.add(table.GATHER, width_in=len(layer.others), column=count, spare=count * layer.size)
    weight, bias = writer.place(layer.weight), writer.place(layer.bias)
    writer.add(kind, input=source, width_in=count, weight=weight, bias=bias, size=layer.size, **fields)


def _scaling(writer: Writer, layer: Scaling) -> None:
    source, out = writer.slot, writer.new_value(writer.width)
    weight, needed = writer.place(layer.weight), int(writer.needs_delta)
    writer.add(table.SCALE, input=source, output=out, weight=weight, function=needed)
    writer.slot, writer.needs_delta = out, True


def _part(writer: Writer, layer: MemberAdapter) -> None:
    """From here on every value has room for each member's rows."""
    source, needed = writer.slot, int(writer.needs_delta)
    writer.rows *= layer.members
    writer.slot = writer.new_value(writer.width)
    weight = writer.place(layer.weight)
    writer.add(table.PART, input=source, weight=weight, function=needed, parts=layer.members)
    writer.times, writer.needs_delta = writer.times * layer.members, True


def _answer(writer: Writer, layer: MemberHead) -> None:
    members, outputs, width = layer.weight.shape
    if members != writer.times:
        raise NotFused("an output layer has other members than its inputs")
    source, out = writer.slot, writer.new_value(outputs)
    places = {"input": source, "output": out, "weight": writer.place(layer.weight), "bias": writer.place(layer.bias)}
    sizes = {"width_in": width, "width_out": outputs, "parts": members, "times": 1}
    writer.add(table.ANSWER, layer=len(writer.linear), **places, **sizes)
    writer.linear.append(layer)
    writer.slot, writer.width = out, outputs


def _sequential(writer: Writer, layers: nn.Sequential) -> None:
    for layer in layers:
        _walk(writer, layer)


def _linear(writer: Writer, layer: nn.Linear) -> None:
    source, out = writer.slot, writer.new_value(layer.out_features)
    weight, bias = writer.place(layer.weight), writer.place(layer.bias)
    sizes = {"width_in": layer.in_features, "width_out": layer.out_features}
    turned = writer.keep(layer.weight.numel()) if _pays_to_turn(layer) else table.NONE
    places = {"input": source, "output": out, "weight": weight, "bias": bias, "shift": turned}
    writer.add(table.LINEAR, function=int(writer.needs_delta), layer=len(writer.linear), **places, **sizes)
    writer.linear.append(layer)
    writer.slot, writer.width, writer.needs_delta = out, layer.out_features, True


def _pays_to_turn(layer: nn.Linear) -> bool:
    """Whether a small weight is transposed before A W^T: the BLAS is a third faster without its own transposing."""
    return layer.out_features >= NARROWEST_TURNED and layer.weight.numel() <= LARGEST_TURNED


def _batch_norm(writer: Writer, layer: nn.BatchNorm1d) -> None:
    if not (layer.affine and layer.track_running_stats) or layer.momentum is None:
        raise NotFused("a batch normalisation has no weights, no running statistics or no momentum")
    bias, below = table.NONE, writer.last()
    if below.kind == table.LINEAR and below.output == writer.slot:
        bias, writer.operations[-1] = below.bias, replace(below, bias=table.NONE)
    kept, spare = writer.keep(writer.rows * writer.width), writer.keep(2 * writer.width)
    weight, shift = writer.place(layer.weight), writer.place(layer.bias)
    running = writer.hold(2 * writer.width)
    places = {"weight": weight, "shift": shift, "bias": bias, "kept": kept, "spare": spare, "running": running}
    writer.add(table.BATCH_NORM, a=layer.eps, b=layer.momentum, **places)
    writer.tracked.append((layer, running))
    writer.needs_delta = True


def _layer_norm(writer: Writer, layer: nn.LayerNorm) -> None:
    if layer.weight is None or layer.bias is None or tuple(layer.normalized_shape) != (writer.width,):
        raise NotFused("a layer normalisation has no weights, no bias or another shape")
    kept, spare = writer.keep(writer.rows * writer.width), writer.keep(writer.rows)
    weight, shift = writer.place(layer.weight), writer.place(layer.bias)
    writer.add(table.LAYER_NORM, weight=weight, shift=shift, kept=kept, spare=spare, a=layer.eps)
    writer.needs_delta = True


def _activate(writer: Writer, **fields: Any) -> None:
    """The first activation after a linear layer is the one that statistics speak of."""
    layer = len(writer.linear) - 1
    taken = any(operation.kind == table.ACTIVATE and operation.layer == layer for operation in writer.operations)
    writer.add(table.ACTIVATE, layer=table.NONE if taken else layer, **fields)


def _activation(kind: int, numbers: Callable[[Any], tuple[float, float]]) -> Callable[[Writer, Any], None]:
    def write(writer: Writer, layer: Any) -> None:
        a, b = numbers(layer)
        _activate(writer, function=kind, kept=writer.keep(writer.rows * writer.width), a=a, b=b)

    return write


def _gelu(writer: Writer, layer: nn.GELU) -> None:
    if layer.approximate != "none":
        raise NotFused("GELU by tanh is not one of its operations, only the exact one")
    _activation(table.GELU, lambda _: (0.0, 0.0))(writer, layer)


def _softplus(writer: Writer, layer: nn.Softplus) -> None:
    if (layer.beta, layer.threshold) != (1.0, 20.0):
        raise NotFused("a softplus has another beta or threshold than torch's own")
    _activation(table.SOFTPLUS, lambda _: (0.0, 0.0))(writer, layer)


def _prelu(writer: Writer, layer: nn.PReLU) -> None:
    size, kind = writer.rows * writer.width, table.PRELU if layer.num_parameters == 1 else table.PRELU_UNITS
    places = {"weight": writer.place(layer.weight), "kept": writer.keep(size), "spare": writer.keep(size)}
    _activate(writer, function=kind, **places)
    writer.needs_delta = True


def _parametric(writer: Writer, layer: ParametricActivation) -> None:
    first = len(writer.operations)
    _walk(writer, layer.function)
    added = writer.operations[first:]
    if len(added) != 1 or added[0].kind != table.ACTIVATE or added[0].spare != table.NONE:
        raise NotFused("a parametric activation is not around a simple one")
    spare = writer.keep(writer.rows * writer.width)
    writer.operations[-1] = replace(added[0], shift=writer.place(layer.weight), spare=spare)
    writer.needs_delta = True


def _dropout(writer: Writer, layer: Any) -> None:
    """The mask is multiplied into the derivative of the activation below, where there is one and it keeps no more."""
    if layer.p == 0.0:
        return
    if layer.p >= 1.0:
        raise NotFused("a dropout silences everything")
    below = writer.last()
    joined = below.kind == table.ACTIVATE and below.spare == table.NONE and below.output == writer.slot
    kept = below.kept if joined else writer.keep(writer.rows * writer.width)
    number = sum(operation.kind == table.DROPOUT for operation in writer.operations)
    inverted = float(type(layer) is not ClassicDropout)
    writer.add(table.DROPOUT, function=int(joined), kept=kept, layer=number, a=layer.p, b=inverted)


def _residual(writer: Writer, layer: Residual) -> None:
    source, width, needed, first = writer.slot, writer.width, writer.needs_delta, len(writer.operations)
    _walk(writer, layer.block)
    if len(writer.operations) == first or writer.operations[first].kind != table.LINEAR:
        raise NotFused("a residual block does not begin with a linear layer")
    shortcut = layer.shortcut
    weight = writer.place(shortcut.weight) if isinstance(shortcut, nn.Linear) else table.NONE
    kept = writer.keep(writer.rows * width)
    spare = writer.keep(writer.rows * writer.width) if weight != table.NONE else table.NONE
    places = {"input": source, "width_in": width, "weight": weight, "kept": kept, "spare": spare}
    writer.add(table.SHORTCUT, function=int(needed), **places)
    if needed:
        writer.operations[first] = replace(writer.operations[first], spare=kept)


def _nothing(_writer: Writer, _layer: nn.Module) -> None:
    """The identity."""


WRITERS: dict[type[nn.Module], Callable[[Writer, Any], None]] = {
    PeriodicEmbedding: _periodic,
    PiecewiseEmbedding: _piecewise,
    Scaling: _scaling,
    MemberAdapter: _part,
    MemberHead: _answer,
    nn.Sequential: _sequential,
    nn.Linear: _linear,
    nn.BatchNorm1d: _batch_norm,
    nn.LayerNorm: _layer_norm,
    nn.ReLU: _activation(table.RECTIFIER, lambda _: (0.0, 0.0)),
    nn.LeakyReLU: _activation(table.RECTIFIER, lambda layer: (layer.negative_slope, 0.0)),
    nn.PReLU: _prelu,
    ParametricActivation: _parametric,
    nn.Sigmoid: _activation(table.SIGMOID, lambda _: (0.0, 0.0)),
    nn.Tanh: _activation(table.TANH, lambda _: (0.0, 0.0)),
    nn.ELU: _activation(table.ELU, lambda layer: (layer.alpha, 1.0)),
    nn.SELU: _activation(table.ELU, lambda _: SELU),
    nn.GELU: _gelu,
    nn.SiLU: _activation(table.SILU, lambda _: (0.0, 0.0)),
    nn.Mish: _activation(table.MISH, lambda _: (0.0, 0.0)),
    nn.Softplus: _softplus,
    nn.Identity: _nothing,
    nn.Dropout: _dropout,
    ClassicDropout: _dropout,
    Residual: _residual,
}
