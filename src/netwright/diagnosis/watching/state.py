"""What a watched training is at any moment."""

import time
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor, nn
from torch.optim import Optimizer

from netwright.diagnosis.watching.evaluations import Evaluations
from netwright.diagnosis.watching.gradients import Held
from netwright.diagnosis.watching.layers import LayerWatch
from netwright.diagnosis.watching.names import Names
from netwright.diagnosis.watching.pace import Pace
from netwright.diagnosis.watching.passes import Passes
from netwright.diagnosis.watching.recorded import Recorded
from netwright.diagnosis.watching.signals import Signals
from netwright.diagnosis.watching.store import Store
from netwright.diagnosis.watching.tape import Tape

Call = tuple[tuple[Any, ...], dict[str, Any]]


@dataclass(slots=True)
class Current:
    """The step in progress."""

    number: int
    watched: bool
    training: bool  # the network's own mode
    loading: int  # number of the pass over a loader
    layers: LayerWatch  # of unwatched steps one that stays empty
    signals: Signals  # likewise
    began: float = field(default_factory=time.perf_counter)
    began_with: float = 0.0  # seconds spent on watching before it
    rate: float = 0.0
    tape: Tape | None = None
    light: bool = False  # the tape begins at the output
    results: list[Tensor] = field(default_factory=list)
    first: list[Tensor] = field(default_factory=list)  # what the first forward pass answered
    call: Call = ((), {})
    latest: Call = ((), {})
    losses: list[Tensor | float] = field(default_factory=list)
    total: Tensor | None = None  # the first of them, as backward was called on it
    forwards: int = 0
    backwards: int = 0
    stepped: set[int] = field(default_factory=set)
    taken: bool = False  # the batch goes into the store
    evaluating: tuple[str, ...] = ()

    @property
    def is_evaluation(self) -> bool:
        """Whether what came so far was no training: answers in evaluation mode, and nothing was done with them."""
        return self.forwards > 0 and not self.backwards and not self.stepped and not self.training


@dataclass(slots=True)
class Quick:
    """Steps that are not watched, and whose batches are not taken: little is done in them."""

    on: bool = False  # whether the step that is coming, or in progress, is one
    paused: bool = False  # while an evaluation comes between two of them
    since: int = 0  # the last step before them
    until: int = 0  # the last of them, for what is known so far
    began: float = 0.0
    call: Call | None = None  # the last of the step in progress
    losses: list[Tensor | float] = field(default_factory=list)  # of the step in progress
    done: list[tuple[int, Any, list[Tensor | float], int]] = field(default_factory=list)  # step, rate, losses, pass
    held: Held | None = None  # the gradients of the only optimizer

    @property
    def busy(self) -> bool:
        """Whether such a step is in progress."""
        return self.on and (self.call is not None or bool(self.losses))


@dataclass
class State:
    """All of a training."""

    model: nn.Module
    optimizers: list[Optimizer]
    names: Names
    pace: Pace
    evaluations: Evaluations
    held: dict[int, Held]
    given: Any = None  # the user's loss function, if he said it
    inside: bool = True  # whether the network's own operations can be seen
    whole: bool = False  # whether the network was called as such, and not only parts of it
    recorded: Recorded = field(default_factory=Recorded)
    store: Store = field(default_factory=Store)
    passes: Passes = field(default_factory=Passes)
    current: Current | None = None
    quick: Quick = field(default_factory=Quick)
    no_layers: LayerWatch = field(init=False)
    no_signals: Signals = field(default_factory=Signals)
    depth: int = 0
    in_backward: bool = False
    in_step: bool = False
    scales: dict[int, tuple[Tensor, Tensor]] = field(default_factory=dict)  # scaled losses and what they were
    scale: float = 1.0  # of the last of them

    def __post_init__(self) -> None:
        self.no_layers = LayerWatch(self.model)
        self.evaluations.known = self.store.known
        self.quick.held = next(iter(self.held.values())) if len(self.held) == 1 else None


def state_of(model: nn.Module, optimizers: list[Optimizer], pace: Pace) -> State:
    """Return the state before anything has happened."""
    names = Names(model)
    held = {id(optimizer): Held(optimizer) for optimizer in optimizers}
    return State(model, optimizers, names, pace, Evaluations(names), held)
