"""What was seen of a training, before it becomes a case."""

import math
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field

from torch import Tensor, nn

from netwright.core.values import LayerStatistics
from netwright.diagnosis.case import Lost, Op
from netwright.diagnosis.watching.judging import Judgement

FLUSH = 64  # losses that are kept as tensors before they are read


@dataclass
class WatchedNumbers:
    """What only watched steps tell."""

    gradient_norm: float | None = None
    layers: LayerStatistics | None = None
    row_spread: tuple[float | None, ...] = ()
    rank: tuple[float | None, ...] = ()
    zero_gradients: tuple[float | None, ...] = ()


@dataclass(slots=True)
class StepNote:
    """One step."""

    step: int
    rate: float
    losses: list[Tensor | float]  # of its backward passes
    loading: int  # number of the pass over a loader; 0 where none was seen
    training: bool  # the network's own mode
    loss: float | None = None
    watched: WatchedNumbers | None = None
    judged: Judgement | None = None


@dataclass
class Recorded:
    """All of it."""

    notes: list[StepNote] = field(default_factory=list)
    unread: list[StepNote] = field(default_factory=list)
    ops: tuple[Op, ...] = ()  # of the first step that was seen whole
    seen_inside: bool = False  # whether those of the network are among them
    judgement: Judgement | None = None  # of the first step whose loss is known, or else of the first
    gradients_seen: set[str] = field(default_factory=set)  # parameters that got one
    unfinished_gradients: bool = False  # the last watched step's were not finite
    strangers: dict[int, Tensor] = field(default_factory=dict)  # weights in use that are no parameters of the network
    evaluating: list[tuple[str, ...]] = field(default_factory=list)  # of each watched step
    backwards: int = 0
    looked: int = 0  # backward passes after which gradients were looked for
    forwards: int = 0
    steps: int = 0
    clip_norm: float | None = None
    scaled_losses: bool = False
    precision: str = "float32"
    dropout: float = 0.0
    where: str = ""  # the line that calls backward
    step_where: str = ""
    lost: Lost | None = None
    remarks: list[str] = field(default_factory=list)
    loss: Callable[[Tensor, Tensor], Tensor] | None = None
    penalty: Callable[[nn.Module], Tensor] | None = None  # of the weights of a network
    loss_reason: str = "no step's answers were seen to meet a target"
    target_place: int | None = None  # which of the tensors that the network is given is the target, if one is
    answer: int | None = None  # which of the tensors that the network returns is judged
    bare: bool = False  # it returns one tensor, in nothing

    def add(self, note: StepNote) -> None:
        """Add a step; losses are read from the device in bunches."""
        self.notes.append(note)
        losses = note.losses
        if len(losses) == 1 and isinstance(losses[0], float):
            note.loss = losses[0]
        else:
            self.unread.append(note)
        if note.watched is not None or len(self.unread) >= FLUSH:
            self.flush()

    def flush(self) -> None:
        """Read the losses that are still tensors."""
        for note in self.unread:
            note.losses = [float(loss) for loss in note.losses]
            note.loss = sum(map(float, note.losses)) / len(note.losses) if note.losses else None
        self.unread.clear()

    def between(self, begin: int, end: int) -> list[StepNote]:
        """Return the steps after one and up to another."""
        first, last = (bisect_right(self.notes, step, key=lambda note: note.step) for step in (begin, end))
        return self.notes[first:last]

    def mean_loss(self, begin: int) -> float:
        """Return the mean loss of the steps after one; NaN where there is none."""
        self.flush()
        losses = [note.loss for note in self.between(begin, self.steps) if note.loss is not None]
        return sum(losses) / len(losses) if losses else math.nan

    def judge(self, judgement: Judgement) -> None:
        """Keep the first judgement that knows the loss."""
        if self.judgement is None or (judgement.loss and not self.judgement.loss):
            self.judgement = judgement

    def remark(self, sentence: str) -> None:
        """Keep something that the user should know, once."""
        if sentence not in self.remarks:
            self.remarks.append(sentence)
