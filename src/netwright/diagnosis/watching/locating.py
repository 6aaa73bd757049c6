"""Where numbers first stopped being finite: the weights, the input, an operation, or the loss."""

import copy
from typing import Any

import torch
from torch import Tensor, nn

from netwright.diagnosis.case import Lost
from netwright.diagnosis.watching.names import Names, layer_of, shown, tensors_in
from netwright.diagnosis.watching.signals import MIXING
from netwright.diagnosis.watching.tape import Entry, Tape, enter, leave

COPIED = 200 << 20  # bytes of weights up to which a forward pass is repeated on a copy


class FirstLost:
    """An observer that remembers the first operation whose result is not finite, and the layer before it."""

    def __init__(self) -> None:
        self.entry: Entry | None = None
        self.layer = ""
        self.last = ""

    def observe(self, entry: Entry, result: Tensor) -> None:
        """Look at one operation."""
        if entry.layer and entry.kind in MIXING:
            self.last = entry.layer
        if self.entry is None and result.is_floating_point() and not is_finite(result):
            self.entry, self.layer = entry, entry.layer or self.last


def is_finite(tensor: Tensor) -> bool:
    """Whether every value is a finite number."""
    return bool(torch.isfinite(tensor.detach()).all())


def locate(model: nn.Module, call: tuple[tuple[Any, ...], dict[str, Any]], step: int, loss_where: str) -> Lost:
    """Return where the numbers of a step whose loss is not finite were lost; generators and buffers are left alone.

    Args:
        model: the network, its weights those that the step began with.
        call: what it was given.
        step: from 1.
        loss_where: the line of the loss.
    """
    for name, parameter in model.named_parameters():
        if not is_finite(parameter):
            return Lost(step, shown(layer_of(name)), "weight")
    if not all(is_finite(tensor) for tensor in tensors_in(call) if tensor.is_floating_point()):
        return Lost(step, "", "input")
    first = _repeat(model, call)
    if first is None or first.entry is None:
        return Lost(step, "", "loss", loss_where)
    return Lost(step, first.layer, "activation", first.entry.where)


def _repeat(model: nn.Module, call: tuple[tuple[Any, ...], dict[str, Any]]) -> FirstLost | None:
    size = sum(parameter.nbytes for parameter in model.parameters())
    if size > COPIED or (not call[0] and not call[1]):
        return None
    try:
        copied = copy.deepcopy(model)
    except (RuntimeError, TypeError, NotImplementedError):  # networks that hold results of operations
        return None
    first = FirstLost()
    tape = Tape(Names(copied), lines=True, observer=first.observe)
    devices = {tensor.get_device() for tensor in tensors_in(call) if tensor.is_cuda}
    with torch.random.fork_rng(list(devices)), torch.no_grad():
        tape.feed(call)
        enter(tape)
        try:
            copied.forward(*call[0], **call[1])
        finally:
            leave(tape)
    return first
