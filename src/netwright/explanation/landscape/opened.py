"""A run with its rows again, as a landscape wants it, whatever kind of run it is."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from netwright.core.errors import RecipeError
from netwright.core.seeds import derive_seed
from netwright.explanation.landscape.snapshots import Snapshots
from netwright.explanation.landscape.subject import Inputs, Subject
from netwright.explanation.landscape.trajectory import Way

MOST_ROWS = 2000
FEWEST_NUMBERS = 200  # rows, or tokens of windows
SURFACE_WORK = 8e11  # multiplications and additions of a whole surface: about 20 seconds of a core
BLOCK_NUMBERS = 1 << 24  # of one layer's answers that are held at once
MOST_SECONDS = 60.0  # that a training took which is repeated whole

Follow = Callable[[Snapshots], object]


@dataclass(frozen=True)
class Opened:
    """What of a run is drawn."""

    name: str
    network: str  # which network, in words
    loss_name: str
    subject: Subject
    of_rows: int
    retrain: Callable[[Subject], Way | str]  # a way, or why there is none
    skips: Callable[[bool, int], tuple[nn.Module, str]] | None  # residual, depth -> network, words
    notes: tuple[str, ...] = ()


def check_rows(rows: int | None) -> None:
    """Raise RecipeError for a number of rows that no mean can be taken over."""
    if rows is not None and rows < 1:
        raise RecipeError(f"--rows: expected a whole number from 1, got {rows:,}")


def some_rows(available: int, wanted: int, seed: int) -> torch.Tensor:
    """Return positions of rows drawn by the seed, in their order."""
    if wanted >= available:
        return torch.arange(available)
    generator = torch.Generator().manual_seed(derive_seed(seed, "landscape-rows") % (1 << 63))
    return torch.randperm(available, generator=generator)[:wanted].sort().values


def rows_for(module: nn.Module, inputs: Inputs, points: int, numbers: int = 1) -> int:
    """Return how many rows a surface of points x points has time for.

    Args:
        module: in evaluation mode.
        inputs: a few rows.
        points: along each axis.
        numbers: of targets in a row.
    """
    work = work_of(module, inputs)
    fewest = max(1, FEWEST_NUMBERS // numbers)
    return max(fewest, min(MOST_ROWS, int(SURFACE_WORK / (points**2 * max(work, 1.0)))))


@torch.no_grad()
def work_of(module: nn.Module, inputs: Inputs) -> float:
    """Return the multiplications and additions of one row."""
    with FlopCounterMode(display=False) as counter:
        module(*inputs)
    return float(counter.get_total_flops()) / len(inputs[0])


@torch.no_grad()
def block_for(module: nn.Module, inputs: Inputs) -> int:
    """Return how many rows are asked at once, by the largest answer of a layer to a few rows."""
    sizes = [1]

    def note(_module: nn.Module, _inputs: object, answer: object) -> None:
        if isinstance(answer, torch.Tensor):
            sizes.append(answer.numel())

    hooks = [part.register_forward_hook(note) for part in module.modules()]
    module(*inputs)
    for hook in hooks:
        hook.remove()
    return max(1, BLOCK_NUMBERS * len(inputs[0]) // max(sizes))


def epochs_again(configured: int, done: int, seconds: float, stopped_because: str) -> int:
    """Return for how many epochs a training is repeated.

    A training that its planned epochs or its time ended is cut to those that it had: its schedule ended there. One that
    took long is cut short.
    """
    cut = "time budget" in stopped_because
    epochs = min(configured, done) if cut and done else configured
    if seconds > MOST_SECONDS and done:
        epochs = min(epochs, max(4, int(done * MOST_SECONDS / seconds)))
    return epochs
