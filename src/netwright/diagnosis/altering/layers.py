"""Normalisation, skips, dropout and other first weights in a network that is there already."""

from collections.abc import Callable

import torch
from torch import Tensor, fx, nn

from netwright.diagnosis.altering.graphs import (
    DROPOUTS,
    NORMALIZATIONS,
    Drawn,
    draw,
    insert_after,
    insert_before,
    kind_of_module,
    name_of,
    places_of,
)

ROOTS_AND_LOGARITHMS = frozenset(("log", "log2", "log10", "sqrt", "rsqrt"))
BATCH_NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)
GAINS: dict[str, Callable[[Tensor], Tensor]] = {
    "kaiming": nn.init.kaiming_normal_,
    "xavier": nn.init.xavier_uniform_,
    "orthogonal": nn.init.orthogonal_,
}


def with_initialization(network: nn.Module, name: str) -> nn.Module | None:
    """Draw the weights of all layers that mix features anew; biases 0, scales of normalisations 1.

    "default" draws them as PyTorch does, which is what is left when a hand-written start is taken out.
    """
    found = False
    for module in network.modules():
        if kind_of_module(module) in ("mixing", "whole"):
            found = True
            if name != "default":
                fill(module, GAINS[name])
            elif hasattr(module, "reset_parameters"):
                module.reset_parameters()  # type: ignore[operator]
        if isinstance(module, NORMALIZATIONS):
            module.reset_parameters()  # type: ignore[operator]
    return network if found else None


def fill(module: nn.Module, draw_weights: Callable[[Tensor], Tensor]) -> None:
    for parameter in module.parameters(recurse=False):
        with torch.no_grad():
            if parameter.dim() > 1:
                draw_weights(parameter)
            else:
                parameter.zero_()


def with_normalization(network: nn.Module, inputs: tuple[Tensor, ...], name: str) -> nn.Module | None:
    """Normalise before each hidden activation that has none before it; "none" takes all away.

    "layer" puts a norm of each row in the place of those over a batch, where there are any.
    """
    if name == "none":
        return without(network, NORMALIZATIONS)
    if name == "layer" and (swapped := with_norms_of_rows(network)) is not None:
        return swapped
    drawn = draw(network, inputs)
    if drawn is None:
        return None
    places = [node for node in drawn.hidden_activations if is_bare(drawn, node)]
    made = [(node, normalization(name, drawn.shape(node))) for node in places]
    for number, (node, module) in enumerate(made):
        if module is not None:
            insert_before(drawn.network, node, f"normalization_{number}", module)
    return drawn.finished() if any(module for _, module in made) else None


def with_norms_of_rows(network: nn.Module) -> nn.Module | None:
    """Put a group norm of one group in the place of each batch norm."""
    places = places_of(network, BATCH_NORMS)
    for parent, name in places:
        batch: nn.BatchNorm1d | nn.BatchNorm2d | nn.BatchNorm3d = getattr(parent, name)
        setattr(parent, name, nn.GroupNorm(1, batch.num_features, batch.eps, batch.affine))
    return network if places else None


def is_bare(drawn: Drawn, node: fx.Node) -> bool:
    """Whether an activation comes straight after a mixing layer."""
    before = node.args[0] if node.args else None
    return isinstance(before, fx.Node) and drawn.kind(before) == "mixing"


def normalization(name: str, shape: tuple[int, ...]) -> nn.Module | None:
    """Return a layer for results of shape (batch, features), (batch, time, features) or (batch, channels, ...)."""
    if len(shape) == 2:
        return nn.BatchNorm1d(shape[1]) if name == "batch" else nn.LayerNorm(shape[1])
    if len(shape) == 4:
        return nn.BatchNorm2d(shape[1]) if name == "batch" else nn.GroupNorm(1, shape[1])
    return nn.LayerNorm(shape[-1]) if len(shape) == 3 and name == "layer" else None


def with_residual(network: nn.Module, inputs: tuple[Tensor, ...]) -> nn.Module | None:
    """Put a skip around each hidden layer whose input and result have one shape: a + s f(W a), s learnt from 0 on.

    Source: Bachlechner et al., ReZero is all you need, 2021: however deep, the network starts as a shallow one.
    """
    drawn = draw(network, inputs)
    if drawn is None:
        return None
    added = 0
    for node in drawn.hidden_activations:
        if (layer := source(drawn, node)) is None:
            continue
        start = layer.args[0]
        if isinstance(start, fx.Node) and start.op != "placeholder" and drawn.shape(start) == drawn.shape(node):
            add(drawn, node, start, f"skip_{added}")
            added += 1
    return drawn.finished() if added else None


def source(drawn: Drawn, node: fx.Node) -> fx.Node | None:
    """Return the mixing layer that an activation follows, through its normalisation."""
    before = node.args[0] if node.args else None
    while isinstance(before, fx.Node) and drawn.kind(before) in ("normalization", "dropout"):
        before = before.args[0] if before.args else None
    return before if isinstance(before, fx.Node) and drawn.kind(before) == "mixing" else None


class Skip(nn.Module):
    """What came in, and a learnt share of the layer's result, 0 at first."""

    def __init__(self) -> None:
        super().__init__()
        self.share = nn.Parameter(torch.zeros(()))

    def forward(self, start: Tensor, result: Tensor) -> Tensor:
        return start + self.share * result


def add(drawn: Drawn, node: fx.Node, start: fx.Node, name: str) -> None:
    graph = drawn.network.graph
    drawn.network.add_submodule(name, Skip())
    with graph.inserting_after(node):
        total = graph.call_module(name, (start, node))
    total.meta = dict(node.meta)
    node.replace_all_uses_with(total, delete_user_cb=lambda user: user is not total)


def with_clamped_inputs(network: nn.Module, inputs: tuple[Tensor, ...], least: float) -> nn.Module | None:
    """Keep what goes into logarithms and roots at `least` or above."""
    drawn = draw(network, inputs)
    if drawn is None:
        return None
    called = [node for node in drawn.nodes if node.op in ("call_function", "call_method")]
    places = [node for node in called if name_of(node) in ROOTS_AND_LOGARITHMS]
    for node in places:
        with drawn.network.graph.inserting_before(node):
            above = drawn.network.graph.call_function(torch.clamp, (node.args[0],), {"min": least})
        node.update_arg(0, above)
    return drawn.finished() if places else None


def with_dropout(network: nn.Module, inputs: tuple[Tensor, ...], share: float) -> nn.Module | None:
    """Set the share of all dropout; where there is none, put it after each hidden activation."""
    there = [module for module in network.modules() if isinstance(module, DROPOUTS)]
    inner = [module for module in network.modules() if isinstance(module, (nn.LSTM, nn.GRU, nn.RNN)) and module.dropout]
    for module in there:
        setattr(module, "p", share)  # noqa: B010 - torch types attributes of modules as modules
    for module in inner:
        module.dropout = share
    drawn = None if there or inner else draw(network, inputs)
    if there or inner:
        return network
    if drawn is None or share == 0.0 or not drawn.hidden_activations:
        return None
    for number, node in enumerate(drawn.hidden_activations):
        insert_after(drawn.network, node, f"silenced_{number}", nn.Dropout(share))
    return drawn.finished()


def without(network: nn.Module, types: tuple[type[nn.Module], ...]) -> nn.Module | None:
    places = places_of(network, types)
    for parent, name in places:
        setattr(parent, name, nn.Identity())
    return network if places else None


def with_hidden_layer(network: nn.Module, units: int) -> nn.Module | None:
    """Put a layer with ReLU before a network's only layer of weights, if that is a linear one."""
    weights = [name for name, module in network.named_modules() if kind_of_module(module) in ("mixing", "whole")]
    last = network.get_submodule(weights[0]) if len(weights) == 1 else None
    if not isinstance(last, nn.Linear):
        return None
    layers = nn.Linear(last.in_features, units), nn.ReLU(), nn.Linear(units, last.out_features)
    deeper = nn.Sequential(*layers).to(last.weight.dtype)
    if not weights[0]:
        return deeper
    network.set_submodule(weights[0], deeper)
    return network
