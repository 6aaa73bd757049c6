"""What a run's network is made of, from its modules: its shape is known, so no row has to run through it."""

from collections.abc import Iterator
from dataclasses import replace

from torch import nn

from netwright.core.values import InputSpec
from netwright.diagnosis.case import Network, Op, OpKind
from netwright.networks.feedforward import MLP
from netwright.networks.layers.activations import FunctionActivation, ParametricActivation
from netwright.networks.layers.dropout import ClassicDropout
from netwright.networks.layers.members import LINEAR, MemberHead
from netwright.networks.layers.residual import Residual

NORMALIZATIONS = (nn.modules.batchnorm._BatchNorm, nn.LayerNorm)
FUNCTIONS = {  # torch's name of what a layer does, where it is not the class's in small letters
    "LeakyReLU": "leaky_relu",
    "BatchNorm1d": "batch_norm",
    "LayerNorm": "layer_norm",
    "LogSigmoid": "logsigmoid",
    "ClassicDropout": "dropout",
    "Identity": "identity",
}
LOSS_OF = {"regression": "mse_loss", "binary": "binary_cross_entropy_with_logits", "multiclass": "cross_entropy"}


def network_of(module: nn.Module, spec: InputSpec) -> Network:
    """Return the operations of a feed-forward network in the order in which they run, and what it learns.

    Readers of texts, images, series and categories are one operation, "inputs": their insides are not looked at.
    """
    parameters = list(module.parameters())
    frozen = tuple(name for name, value in module.named_parameters() if not value.requires_grad)
    numbers = sum(value.numel() for value in parameters)
    if not isinstance(module, MLP):
        return Network((), numbers, len(parameters), frozen, unseen=f"a {type(module).__name__} is not looked into")
    ops: list[Op] = []
    if _has_readers(module):
        ops.append(Op(0, "other", "inputs", (), from_data=True))
    for name, layer in (*_hidden(module), ("output", module.output)):
        ops.extend(_ops_of(name, layer, ops))
    loss = Op(len(ops), "loss", LOSS_OF[spec.task], _last(ops), after_output=True, takes_target=True)
    return Network((*ops, loss), numbers, len(parameters), frozen)


def _has_readers(module: MLP) -> bool:
    readers = (module.numeric_embedding, module.embedding, module.images, module.series, module.scaling, module.adapter)
    return bool(len(module.texts)) or any(reader is not None for reader in readers)


def _hidden(module: MLP) -> Iterator[tuple[str, nn.Module]]:
    for name, layer in module.hidden.named_children():
        yield f"hidden.{name}", layer


def _ops_of(name: str, layer: nn.Module, before: list[Op]) -> list[Op]:
    """Return the operations of one layer that follow those before it."""
    if not isinstance(layer, Residual):
        return [_op(name, layer, before)]
    inside: list[Op] = []
    for inner, child in layer.block.named_children():
        inside.append(_op(f"{name}.block.{inner}", child, [*before, *inside]))
    around = Op(len(before) + len(inside), "add", "add", (*_last([*before, *inside]), *_last(before)))
    return [*inside, around]


def _op(name: str, layer: nn.Module, before: list[Op]) -> Op:
    kind = _kind(layer)
    called = type(layer).__name__
    found = Op(len(before), kind, FUNCTIONS.get(called, called.lower()), _last(before), from_data=not before)
    if not isinstance(layer, LINEAR):
        return replace(found, shape=before[-1].shape if before else ())
    units = layer.weight.shape[-2]
    own = "linear" if not isinstance(layer, MemberHead) else "baddbmm"
    return replace(found, name=own, shape=(units,), layer=name, bias=layer.bias is not None)


def _kind(layer: nn.Module) -> OpKind:
    if isinstance(layer, LINEAR):
        return "linear"
    if isinstance(layer, NORMALIZATIONS):
        return "normalization"
    if isinstance(layer, nn.Dropout | ClassicDropout):
        return "dropout"
    known = type(layer).__module__ == "torch.nn.modules.activation"
    return "activation" if known or isinstance(layer, FunctionActivation | ParametricActivation) else "other"


def _last(ops: list[Op]) -> tuple[int, ...]:
    return (ops[-1].number,) if ops else ()
