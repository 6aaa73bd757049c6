"""Reading a trained module's answers."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from jaxtyping import Float
from torch import Tensor, nn

from netwright.networks.layers.members import members_of
from netwright.training.batches import Inputs


@torch.inference_mode()
def predict_logits(module: nn.Module, inputs: Inputs, batch_size: int = 4096) -> Float[Tensor, "rows ... outputs"]:
    """Return the module's logits for every row, in evaluation mode, on the module's device.

    Args:
        module: takes `inputs` as its positional arguments; its mode is put back afterwards.
        inputs: tensors with rows first.
        batch_size: rows at once, where a row counts once for each member of the network; it bounds memory and
            changes nothing else.
    """
    device = next((parameter.device for parameter in module.parameters()), torch.device("cpu"))
    rows, step = len(inputs[0]), max(1, batch_size // members_of(module))
    with evaluating(module):
        pieces = [
            module(*(tensor[start : start + step].to(device) for tensor in inputs))
            for start in range(0, max(rows, 1), step)
        ]
    return torch.cat(pieces)


@contextmanager
def evaluating(module: nn.Module) -> Iterator[None]:
    """Put a module in evaluation mode; the mode of each part is put back afterwards."""
    trained = [part for part in module.modules() if part.training]
    for part in trained:
        part.training = False
    try:
        yield
    finally:
        for part in trained:
            part.training = True
