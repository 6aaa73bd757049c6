"""What is checked before a training: a network with some of its rows, its loss and its optimizer."""

import copy
import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

LossCall = Callable[[Any, Any], Tensor]
NAMES = {  # of torch's losses, modules and functions
    "CrossEntropyLoss": "cross_entropy",
    "cross_entropy": "cross_entropy",
    "NLLLoss": "nll",
    "nll_loss": "nll",
    "BCELoss": "bce",
    "binary_cross_entropy": "bce",
    "BCEWithLogitsLoss": "bce_with_logits",
    "binary_cross_entropy_with_logits": "bce_with_logits",
    "MSELoss": "mse",
    "mse_loss": "mse",
    "L1Loss": "mae",
    "l1_loss": "mae",
    "HuberLoss": "huber",
    "huber_loss": "huber",
    "SmoothL1Loss": "huber",
    "smooth_l1_loss": "huber",
}
OF_VALUES = ("mse", "mae", "huber")


@dataclass(frozen=True)
class Subject:
    """A network before its training, and rows as one step would see them."""

    model: nn.Module
    inputs: tuple[Tensor, ...] | dict[str, Tensor]  # positional, or by name
    targets: Any  # what the loss takes; a tensor where checks are to look at it
    loss: LossCall
    loss_name: str = ""  # cross_entropy, nll, bce, bce_with_logits, mse, mae, huber; "" is none of them
    optimizers: tuple[torch.optim.Optimizer, ...] = ()  # none: those of the parameters are not looked at
    batch_size: int | None = None  # of the training; None: as many rows as there are here
    shuffled: bool | None = None  # whether rows come in a new order each epoch; None: not known
    seconds: float = 3.0  # that learning one batch may take

    @property
    def rows(self) -> int:
        tensors = self.inputs.values() if isinstance(self.inputs, dict) else self.inputs
        return len(next(iter(tensors)))


def subject_of(
    model: nn.Module,
    inputs: Tensor | Sequence[Tensor] | Mapping[str, Tensor],
    targets: Any,
    loss_fn: LossCall,
    optimizer: torch.optim.Optimizer | Sequence[torch.optim.Optimizer] | None = None,
) -> Subject:
    """Bring together what anybody's own loop has in its hands."""
    if isinstance(inputs, Mapping):
        given: tuple[Tensor, ...] | dict[str, Tensor] = dict(inputs)
    else:
        given = (inputs,) if isinstance(inputs, Tensor) else tuple(inputs)
    optimizers = (optimizer,) if isinstance(optimizer, torch.optim.Optimizer) else tuple(optimizer or ())
    return Subject(model, given, targets, loss_fn, name_of_loss(loss_fn), optimizers)


def name_of_loss(loss_fn: LossCall) -> str:
    """Return a loss by the name that cases know, "" where it is none of torch's."""
    called = getattr(loss_fn, "__name__", "") if inspect.isroutine(loss_fn) else type(loss_fn).__name__
    return NAMES.get(called, "")


def answers(model: nn.Module, inputs: tuple[Tensor, ...] | dict[str, Tensor]) -> Any:
    """Return what a model makes of its inputs."""
    return model(**inputs) if isinstance(inputs, dict) else model(*inputs)


def changed(subject: Subject, change: Callable[[Tensor], Tensor]) -> tuple[Tensor, ...] | dict[str, Tensor]:
    """Return the inputs with each tensor changed."""
    if isinstance(subject.inputs, dict):
        return {name: change(tensor) for name, tensor in subject.inputs.items()}
    return tuple(change(tensor) for tensor in subject.inputs)


def twin(subject: Subject) -> tuple[nn.Module, tuple[torch.optim.Optimizer, ...]]:
    """Return copies of the network and of its optimizers, which hold the copy's parameters."""
    model, optimizers = copy.deepcopy((subject.model, subject.optimizers))
    return model, optimizers


@contextmanager
def undisturbed() -> Iterator[None]:
    """Leave torch's generators as they were; what is drawn inside is the same each time."""
    with torch.random.fork_rng(), torch.enable_grad():
        torch.manual_seed(0)
        yield


def some(names: Sequence[str]) -> str:
    """Name the first two, and say how many more there are."""
    more = f" and {len(names) - 2} more" if len(names) > 2 else ""
    return ", ".join(names[:2]) + more
