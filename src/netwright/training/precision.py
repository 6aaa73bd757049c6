"""In which type a network computes: float32, or bfloat16 where this machine is measured to be faster and as good.

bfloat16 has the range of float32 and 8 of its 24 bits. Products take it; weights, their gradients, the loss and the
optimizer stay float32. Processors with units for it (AVX512-BF16, AMX) may double their pace, others lose by it, so
both are timed, in turns, on copies of the network, and their losses compared. The choice stands in the recipe: a run
that is resumed takes the same, whatever a clock says then.

Source: D. Kalamkar et al., A study of BFLOAT16 for deep learning training, 2019.
"""

import copy
import math
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import nn

from netwright.core.values import Choice

SETTING = "training.precision"
STEPS = 4  # of each candidate that are timed, after one that warms up
LEAST_STEPS = 2  # where steps are so slow that SECONDS are over
SECONDS = 2.0  # that all timed steps may take together, about
GAIN = 1.05  # how much faster bfloat16 must be
PARITY = 0.01  # of float32's loss, by which that of any step may differ

TakeStep = Callable[[], float]  # takes one training step, returns its loss
Trainer = Callable[[nn.Module, str], TakeStep]  # of a network and a precision; it brings rows, loss and optimizer


@dataclass(frozen=True)
class Candidate:
    """One way to compute."""

    precision: str
    channels_last: bool = False  # images lie in memory pixel by pixel, not channel by channel

    @property
    def name(self) -> str:
        return f"{self.precision}, channels last" if self.channels_last else self.precision


@dataclass(frozen=True)
class Trial:
    """How a candidate did."""

    candidate: Candidate
    seconds: float  # of its fastest step
    losses: tuple[float, ...]  # of its steps, from the first


FLOAT32, BFLOAT16 = Candidate("float32"), Candidate("bfloat16")


@contextmanager
def computing(precision: str, device: str = "cpu") -> Iterator[None]:
    """Have products inside computed in bfloat16 if `precision` says so; nothing changes for other names."""
    if precision != "bfloat16":
        yield
        return
    with torch.autocast(device, torch.bfloat16):
        yield


def choose_precision(asked: str, module: nn.Module, trainer: Trainer) -> Choice:
    """Return the precision to train in, with its reason: what was asked for, or what is measured to be better.

    Args:
        asked: "float32", "bfloat16", or "auto" to measure.
        module: the network as it will be trained; copies of it are, and it stays as it is.
        trainer: makes of a copy and a precision the function that trains the copy by one step.
    """
    if asked != "auto":
        return Choice(SETTING, asked, "asked for")
    plain, short = race(module, trainer, (FLOAT32, BFLOAT16))
    pace = f"a step takes {_milliseconds(short)} in bfloat16 and {_milliseconds(plain)} in float32 on this machine"
    if not is_as_good(short, plain):
        worst = max(zip(short.losses, plain.losses, strict=False), key=lambda pair: abs(pair[0] - pair[1]))
        said = f"a loss of {worst[0]:.4g} where float32's is {worst[1]:.4g}"
        return Choice(SETTING, "float32", f"bfloat16 gave {said} within the first steps")
    if short.seconds * GAIN > plain.seconds:
        return Choice(SETTING, "float32", f"bfloat16 is not faster: {pace}")
    return Choice(SETTING, "bfloat16", f"{pace}, and the losses of the first steps agree within {PARITY:.0%}")


def race(module: nn.Module, trainer: Trainer, candidates: Sequence[Candidate]) -> list[Trial]:
    """Train a copy of the network by each candidate, in turns so that another load falls on all of them alike."""
    steps = [trainer(_copy(module, candidate), candidate.precision) for candidate in candidates]
    losses: list[list[float]] = [[step()] for step in steps]
    seconds = [math.inf] * len(steps)
    began = time.monotonic()
    for number in range(STEPS):
        if number >= LEAST_STEPS and time.monotonic() - began > SECONDS:
            break
        for place, step in enumerate(steps):
            start = time.perf_counter()
            losses[place].append(step())
            seconds[place] = min(seconds[place], time.perf_counter() - start)
    return [Trial(*parts) for parts in zip(candidates, seconds, map(tuple, losses), strict=True)]


def is_as_good(short: Trial, plain: Trial) -> bool:
    """Whether the losses of every step agree; one that is not finite agrees with nothing."""
    return all(
        abs(one - other) <= PARITY * max(abs(other), 1e-3)
        for one, other in zip(short.losses, plain.losses, strict=True)
    )


def _copy(module: nn.Module, candidate: Candidate) -> nn.Module:
    copied = copy.deepcopy(module)
    return copied.to(memory_format=torch.channels_last) if candidate.channels_last else copied  # type: ignore[call-overload]


def _milliseconds(trial: Trial) -> str:
    return f"{1000 * trial.seconds:.3g} ms"
