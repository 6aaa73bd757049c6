"""Other widths: layers rebuilt in place, and those after them fitted to what comes in, in one pass over an example."""

import torch
from torch import Tensor, nn

from netwright.diagnosis.altering.graphs import MIXING

RECURRENT = (nn.LSTM, nn.GRU, nn.RNN)
CONVOLUTIONS = (nn.Conv1d, nn.Conv2d, nn.Conv3d)


def with_width(network: nn.Module, inputs: tuple[Tensor, ...], factor: float) -> nn.Module | None:
    """Return the network with each hidden layer that many times as wide; None where its shapes are fixed elsewhere."""
    layers = in_order(network, inputs)
    if layers is None or len(layers) < 2:
        return None
    for layer in layers[:-1]:
        resize(layer, max(2, round(factor * outputs_of(layer))))
    return fitted(network, inputs)


def with_outputs(network: nn.Module, inputs: tuple[Tensor, ...], outputs: int) -> nn.Module | None:
    """Return the network with that many outputs."""
    layers = in_order(network, inputs)
    if not layers or not isinstance(layers[-1], MIXING):
        return None
    if outputs_of(layers[-1]) != outputs:
        resize(layers[-1], outputs)
    return fitted(network, inputs)


def in_order(network: nn.Module, inputs: tuple[Tensor, ...]) -> list[nn.Module] | None:
    """Return the layers with weights in the order in which they run."""
    ran: list[nn.Module] = []
    hooks = [
        module.register_forward_hook(lambda layer, _inputs, _output: ran.append(layer))
        for module in network.modules()
        if isinstance(module, (*MIXING, *RECURRENT))
    ]
    worked = runs(network, inputs)
    for hook in hooks:
        hook.remove()
    return list(dict.fromkeys(ran)) if worked else None


def runs(network: nn.Module, inputs: tuple[Tensor, ...]) -> bool:
    """Whether the network takes the rows."""
    training = network.training
    network.eval()
    try:
        with torch.no_grad(), torch.random.fork_rng([]):
            network(*inputs)
    except (RuntimeError, ValueError, AssertionError):
        return False
    finally:
        network.train(training)
    return True


def outputs_of(layer: nn.Module) -> int:
    if isinstance(layer, nn.Linear):
        return layer.out_features
    size = layer.out_channels if isinstance(layer, CONVOLUTIONS) else layer.hidden_size
    assert isinstance(size, int)
    return size


def resize(layer: nn.Module, outputs: int) -> None:
    """Give a layer that many outputs, with fresh weights."""
    if isinstance(layer, nn.Linear):
        renew(layer, nn.Linear(layer.in_features, outputs, layer.bias is not None))
    elif isinstance(layer, RECURRENT):
        renew(layer, recurrent_like(layer, layer.input_size, outputs))
    elif isinstance(layer, CONVOLUTIONS) and layer.groups == 1:
        renew(layer, convolution_like(layer, layer.in_channels, outputs))


def fitted(network: nn.Module, inputs: tuple[Tensor, ...]) -> nn.Module | None:
    """Fit each layer to what comes in while an example passes through; None where that does not do."""
    hooks = [module.register_forward_pre_hook(fit) for module in network.modules()]
    worked = runs(network, inputs)
    for hook in hooks:
        hook.remove()
    return network if worked else None


def fit(layer: nn.Module, arguments: tuple[Tensor, ...]) -> None:
    """Rebuild a layer whose inputs have become more or fewer."""
    if not arguments or not isinstance(arguments[0], Tensor):
        return
    came = arguments[0]
    if isinstance(layer, nn.Linear) and came.shape[-1] != layer.in_features:
        renew(layer, nn.Linear(came.shape[-1], layer.out_features, layer.bias is not None))
    elif isinstance(layer, RECURRENT) and came.shape[-1] != layer.input_size:
        renew(layer, recurrent_like(layer, came.shape[-1], layer.hidden_size))
    elif isinstance(layer, (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)) and came.shape[1] != layer.num_features:
        renew(layer, type(layer)(came.shape[1], layer.eps, layer.momentum, layer.affine))
    elif isinstance(layer, nn.LayerNorm) and came.shape[-1] != layer.normalized_shape[-1]:
        renew(layer, nn.LayerNorm(came.shape[-1], layer.eps))
    elif isinstance(layer, CONVOLUTIONS) and came.shape[1] != layer.in_channels:
        renew(layer, convolution_like(layer, came.shape[1], layer.out_channels))


def convolution_like(layer: nn.Module, inputs: int, outputs: int) -> nn.Module:
    assert isinstance(layer, CONVOLUTIONS)
    return type(layer)(
        inputs,
        outputs,
        layer.kernel_size,  # type: ignore[arg-type]
        layer.stride,  # type: ignore[arg-type]
        layer.padding,  # type: ignore[arg-type]
        layer.dilation,  # type: ignore[arg-type]
        bias=layer.bias is not None,
    )


def recurrent_like(layer: nn.Module, inputs: int, outputs: int) -> nn.Module:
    assert isinstance(layer, RECURRENT)
    return type(layer)(
        inputs,
        outputs,
        layer.num_layers,
        bias=layer.bias,
        batch_first=layer.batch_first,
        dropout=layer.dropout,
        bidirectional=layer.bidirectional,
    )


def renew(layer: nn.Module, fresh: nn.Module) -> None:
    """Make a layer what a fresh one of its type is, where it stands, its hooks kept."""
    hooks = (layer._forward_hooks, layer._forward_pre_hooks)
    training = layer.training
    layer.__dict__.update(fresh.__dict__)
    layer._forward_hooks, layer._forward_pre_hooks = hooks
    layer.train(training)
