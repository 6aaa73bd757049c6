"""How many rows and shuffles an importance has time for, from sizes alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import FlopCounterMode

MOST_ROWS, LEAST_ROWS = 1000, 30
MOST_SHUFFLES = 4
SECONDS = 8.0  # of one core, about
FLOPS, NUMBERS = 8e10, 1.5e9  # that a core does and writes in a second
FEW = 4  # rows that a network is measured by


@dataclass(frozen=True)
class Extent:
    """What is asked of a network."""

    rows: int  # 0: there is no time for enough of them
    shuffles: int


class _Written(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Counts the numbers that are written while it is open."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.numbers = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        found = func(*args, **(kwargs or {}))
        every = found if isinstance(found, list | tuple) else (found,)
        self.numbers += sum(one.numel() for one in every if isinstance(one, Tensor))
        return found


@torch.no_grad()
def seconds_of(module: nn.Module, inputs: tuple[Tensor, ...]) -> float:
    """Return about how long a core takes to answer one row, by what it computes and writes.

    Args:
        module: in evaluation mode.
        inputs: rows, of which a few are asked, twice.
    """
    device = next((weight.device for weight in module.parameters()), torch.device("cpu"))
    some = tuple(tensor[:FEW].to(device) for tensor in inputs)
    with FlopCounterMode(display=False) as counter:
        module(*some)
    written = _Written()
    with written:
        module(*some)
    return (float(counter.get_total_flops()) / FLOPS + written.numbers / NUMBERS) / len(some[0])


def extent_of(available: int, places: int, seconds: float) -> Extent:
    """Return how many of the rows are asked, and how often each place is dealt out, within SECONDS or about.

    Args:
        available: rows that there are.
        places: that are dealt out one after another.
        seconds: that a row takes.
    """
    passes = SECONDS / max(seconds * places, 1e-12)
    rows = int(min(available, MOST_ROWS, passes))
    if rows < min(LEAST_ROWS, available):
        return Extent(0, 0)
    return Extent(rows, int(min(MOST_SHUFFLES, max(1.0, passes / rows))))


def finest(available: int, choices: Mapping[int, int], seconds: float) -> tuple[int, Extent]:
    """Return the first choice of places that there is time for, and what is asked then; 0 and no rows where none is.

    Args:
        available: rows that there are.
        choices: how many places each choice deals out, the finest first.
        seconds: that a row takes.
    """
    for choice, places in choices.items():
        extent = extent_of(available, places, seconds)
        if extent.rows:
            return choice, extent
    return 0, Extent(0, 0)
