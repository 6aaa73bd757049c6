"""Making the training state's own tensors views of the flat buffers, so that whoever reads or restores a weight, an
optimizer's memory, a running statistic or an average reads and restores what the interpreter works on.
"""

from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from netwright.training.averaging import Average
from netwright.training.engines.fused.layout import ALIGNMENT, Layout
from netwright.training.engines.fused.program import Writer
from netwright.training.engines.fused.table import QUANTITIES, Array, Memory
from netwright.training.optimizers import Updater

FIRST = {"momentum_buffer": True, "exp_avg": True, "square_avg": False, "exp_avg_sq": False}  # else second


class Counters(NamedTuple):
    """Whole numbers that torch keeps beside the buffers, as one array each."""

    steps: NDArray[np.float32]  # of the optimizer, one for each parameter
    batches: NDArray[np.int64]  # seen by each batch normalisation


def zeros(size: int, dtype: Any) -> Array:
    """Return zeros that begin at a multiple of 64 bytes, so that nothing depends on where memory was free."""
    room = np.zeros(size * np.dtype(dtype).itemsize + 64, np.uint8)
    start = -room.ctypes.data % 64
    return room[start : start + size * np.dtype(dtype).itemsize].view(dtype)


def make_memory(writer: Writer, layout: Layout, dtype: Any, accumulate: bool, watched: tuple[str, ...]) -> Memory:
    """Return buffers of the sizes that the table needs; those of the optimizer and the average come with binding.

    `watched` names the layers that statistics are kept of, if any.
    """
    running = writer.running if writer.tracked else 0
    sizes = (layout.size, layout.size, writer.values, writer.values, writer.kept, writer.running, running)
    total, before = layout.size if accumulate else 0, layout.size if watched else 0
    statistics = np.full((len(watched), QUANTITIES), np.nan)
    buffers = [zeros(size, dtype) for size in (*sizes, 0, 0, 0, total, before, 0)]
    return Memory(*[*buffers, statistics])


def bind_weights(module: nn.Module, layout: Layout, memory: Memory) -> None:
    for name, parameter in module.named_parameters():
        parameter.data = _moved(parameter.data, memory.parameters, layout.places[name])


def bind_average(average: Average | None, layout: Layout, memory: Memory) -> Memory:
    if average is None:
        return memory
    flat = zeros(layout.size, memory.parameters.dtype)
    for name, value in average.items():
        average[name] = _moved(value, flat, layout.places[name])
    return memory._replace(average=flat)


def bind_statistics(writer: Writer, memory: Memory, counters: Counters) -> None:
    tracked = torch.from_numpy(counters.batches)
    for number, (layer, place) in enumerate(writer.tracked):
        width = layer.num_features
        layer.running_mean = _moved(_known(layer.running_mean), memory.running, place)
        layer.running_var = _moved(_known(layer.running_var), memory.running, place + width)
        tracked[number] = _known(layer.num_batches_tracked)
        layer.num_batches_tracked = tracked[number]
    for embedding, place in writer.binned:
        embedding.edges = _moved(embedding.edges, memory.running, place)


def bind_optimizer(updater: Updater, places: dict[int, int], memory: Memory, counters: Counters) -> Memory:
    """Give every parameter its optimizer state, zero where it has none yet, as views."""
    first, second = zeros(0, memory.parameters.dtype), zeros(0, memory.parameters.dtype)
    steps, number = torch.from_numpy(counters.steps), 0
    for part in updater.parts:
        for parameter in (entry for group in part.param_groups for entry in group["params"]):
            state = part.state[parameter]
            for name in _names_of(part):
                flat = first if FIRST[name] else second
                if not len(flat):
                    flat = zeros(len(memory.parameters), memory.parameters.dtype)
                    first, second = (flat, second) if FIRST[name] else (first, flat)
                value = state.get(name)
                value = torch.zeros_like(parameter.detach()) if value is None else value
                state[name] = _moved(value, flat, places[id(parameter)])
            if _counts(part):
                steps[number] = state.get("step", 0.0)
                state["step"] = steps[number]
                number += 1
    return memory._replace(first=first, second=second)


def owned(module: nn.Module) -> list[tuple[nn.Module, str, Tensor]]:
    """Return where each parameter and buffer hangs, and the memory that it has before anything is bound."""
    return [
        (layer, name, tensor.data)
        for layer in module.modules()
        for name, tensor in (*layer._parameters.items(), *layer._buffers.items())
        if tensor is not None
    ]


def give_back(own: list[tuple[nn.Module, str, Tensor]]) -> None:
    """Put the values where they came from: views would keep whole buffers alive, for each network of a population."""
    for layer, name, memory in own:
        tensor = getattr(layer, name)
        memory.copy_(tensor.data)
        if name in layer._buffers:
            setattr(layer, name, memory)
        else:
            tensor.data = memory


def _names_of(part: torch.optim.Optimizer) -> tuple[str, ...]:
    if isinstance(part, torch.optim.Adam):
        return "exp_avg", "exp_avg_sq"
    if isinstance(part, torch.optim.RMSprop):
        return ("square_avg",)
    return ("momentum_buffer",) if part.defaults["momentum"] else ()


def _counts(part: torch.optim.Optimizer) -> bool:
    return isinstance(part, torch.optim.Adam | torch.optim.RMSprop)


def _moved(tensor: Tensor, flat: Array, place: int) -> Tensor:
    """Copy a tensor to its place and return the view that replaces it."""
    assert place % ALIGNMENT == 0 or tensor.ndim == 1
    view = torch.from_numpy(flat[place : place + tensor.numel()]).view(tensor.shape)
    view.copy_(tensor)
    return view


def _known(tensor: Tensor | None) -> Tensor:
    assert tensor is not None
    return tensor
