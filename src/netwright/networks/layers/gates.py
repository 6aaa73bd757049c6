"""What goes on inside a recurrent layer: each gate and each state at each step, as its equations say.

torch's layers hand on hidden states alone. Here they are computed step by step, slowly and readably, so that one can
see what a gate lets through, what a cell forgets and where a state saturates; the hidden states are the layer's own.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor, nn

Steps = Float[Tensor, "batch step units"]
Parts = tuple[Tensor, ...]  # one gate's share each, [batch, units]


@dataclass(frozen=True)
class Reading:
    """One direction of one layer, read step by step in the order in which it reads."""

    hidden: Steps
    cell: Steps | None  # an LSTM's c_t
    gates: dict[str, Steps]  # input, forget, output (lstm), reset, update (gru): from 0 to 1; candidate: from -1 to 1


@torch.no_grad()
def read_gates(layer: nn.RNNBase, x: Float[Tensor, "batch step features"], backward: bool = False) -> Reading:
    """Run one direction of a layer over sequences, from states of 0, and keep all that happens.

    Args:
        layer: an nn.RNN (tanh), nn.LSTM or nn.GRU; its first layer is read.
        x: sequences of one length.
        backward: read the direction that goes from the end to the start; its steps stand in that order.

    Raises:
        ValueError: the layer has no such direction, or is of another kind.
    """
    if backward and not layer.bidirectional:
        raise ValueError("read_gates: expected a layer that reads in both directions, got one that does not")
    if layer.mode not in _STEPS:
        raise ValueError(f"read_gates: expected one of {', '.join(_STEPS)}, got {layer.mode}")
    step = _STEPS[layer.mode]
    suffix = "_l0_reverse" if backward else "_l0"
    weights = {name: getattr(layer, name + suffix) for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")}
    hidden = x.new_zeros(len(x), layer.hidden_size)
    cell, kept = hidden, []
    for features in (x.flip(1) if backward else x).unbind(1):
        of_input = (features @ weights["weight_ih"].T + weights["bias_ih"]).split(layer.hidden_size, dim=1)
        of_state = (hidden @ weights["weight_hh"].T + weights["bias_hh"]).split(layer.hidden_size, dim=1)
        hidden, cell, gates = step(of_input, of_state, hidden, cell)
        kept.append((hidden, cell, gates))
    names = kept[0][2] if kept else {}
    return Reading(
        hidden=torch.stack([one[0] for one in kept], dim=1),
        cell=torch.stack([one[1] for one in kept], dim=1) if layer.mode == "LSTM" else None,
        gates={name: torch.stack([one[2][name] for one in kept], dim=1) for name in names},
    )


Step = Callable[[Parts, Parts, Tensor, Tensor], tuple[Tensor, Tensor, dict[str, Tensor]]]


def _elman(of_input: Parts, of_state: Parts, _hidden: Tensor, cell: Tensor) -> tuple[Tensor, Tensor, dict[str, Tensor]]:
    return (of_input[0] + of_state[0]).tanh(), cell, {}


def _lstm(of_input: Parts, of_state: Parts, _hidden: Tensor, cell: Tensor) -> tuple[Tensor, Tensor, dict[str, Tensor]]:
    """i, f, o = sigmoid(...), g = tanh(...); c = f c + i g; h = o tanh(c)."""
    i, f, g, o = (a + b for a, b in zip(of_input, of_state, strict=True))
    gates = {"input": i.sigmoid(), "forget": f.sigmoid(), "candidate": g.tanh(), "output": o.sigmoid()}
    cell = gates["forget"] * cell + gates["input"] * gates["candidate"]
    return gates["output"] * cell.tanh(), cell, gates


def _gru(of_input: Parts, of_state: Parts, hidden: Tensor, cell: Tensor) -> tuple[Tensor, Tensor, dict[str, Tensor]]:
    """r, z = sigmoid(...); n = tanh(W x + r U h); h = (1 - z) n + z h."""
    reset, update = ((a + b).sigmoid() for a, b in zip(of_input[:2], of_state[:2], strict=True))
    candidate = (of_input[2] + reset * of_state[2]).tanh()
    gates = {"reset": reset, "update": update, "candidate": candidate}
    return (1.0 - update) * candidate + update * hidden, cell, gates


_STEPS: dict[str, Step] = {"RNN_TANH": _elman, "LSTM": _lstm, "GRU": _gru}
