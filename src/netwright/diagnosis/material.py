"""What a watched training leaves behind for probes and treatment: its start, its rows, its loss, its settings."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor, nn


@dataclass(frozen=True, eq=False)
class Material:
    """Enough to train again as the user did. Without a part of it, `reason` says why it cannot be used."""

    reason: str = ""  # why it cannot be used; empty where it can
    model: nn.Module | None = None  # a copy from before the first step
    inputs: tuple[Tensor, ...] = ()  # what the network took, distinct rows, one tensor an argument, in order of arrival
    targets: Tensor | None = None  # the same rows', as they met the outputs in the loss
    held_inputs: tuple[Tensor, ...] = ()  # rows of evaluations
    held_targets: Tensor | None = None
    names: tuple[str, ...] = ()  # keyword of each input; "" where it has none
    loss: Callable[[Tensor, Tensor], Tensor] | None = None  # output and target to the scalar that was trained on
    penalty: Callable[[nn.Module], Tensor] | None = None  # what the loss charges for the weights of a network
    loss_name: str = ""  # as in Objective.loss
    optimizer: type[Any] | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)  # of the optimizer, before the first step
    batch_size: int = 0
    epochs: int = 1
    steps: int = 0
    shuffled: bool = True
    rates: tuple[float, ...] = ()  # the learning rate of each step
    clip_norm: float | None = None
    answer: Callable[[Any], Tensor] | None = None  # from what the network returns to the tensor that the loss judges

    @property
    def usable(self) -> bool:
        return not self.reason
