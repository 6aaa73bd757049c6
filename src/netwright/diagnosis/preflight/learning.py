"""Whether gradients reach every parameter, and whether one batch can be learnt by heart."""

import math
import time
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from netwright.core.values import Check
from netwright.diagnosis.preflight.structure import DROPOUTS
from netwright.diagnosis.preflight.subject import Subject, answers, changed, some, twin
from netwright.networks.layers.dropout import ClassicDropout

MOST_ROWS = 32
MOST_STEPS = 300
LEARNT = 0.5  # share of the first loss below which a batch is being learnt
STEPS_OF_GRADIENTS = 3  # a head that starts at 0 lets gradients through from the second step on


@dataclass
class Course:
    """How the learning of one batch went."""

    losses: list[float] = field(default_factory=list)

    @property
    def share(self) -> float:
        """The least of the last losses over the first; 1 where none is finite."""
        last = [loss for loss in self.losses[-5:] if math.isfinite(loss)]
        first = self.losses[0] if self.losses else math.nan
        return min(last) / first if last and math.isfinite(first) and first > 0.0 else (0.0 if first == 0.0 else 1.0)


def check_gradients(subject: Subject) -> Check | None:
    """Whether each trained parameter gets a gradient within three steps."""
    model, optimizers = twin(subject)
    waiting = {name: value for name, value in model.named_parameters() if value.requires_grad}
    if not waiting:
        return None
    never, zero = set(waiting), set(waiting)
    for _ in range(STEPS_OF_GRADIENTS):
        loss = subject.loss(answers(model, subject.inputs), subject.targets)
        if not loss.requires_grad:
            remedy = "look for detach(), no_grad(), argmax() or numpy() between the network and the loss"
            return Check("gradients", "fault", "the loss does not depend on any parameter", remedy)
        loss.backward()  # type: ignore[no-untyped-call]
        never -= {name for name, value in waiting.items() if value.grad is not None}
        zero -= {name for name, value in waiting.items() if value.grad is not None and bool((value.grad != 0).any())}
        _step(optimizers or (_adam(model),))
    if never:
        found = f"none reaches {len(never)} of {len(waiting)} parameters: {some(sorted(never))}"
        return Check("gradients", "fault", found, "use them in the forward pass, or leave them out")
    if zero:
        found = f"exactly 0 in {len(zero)} of {len(waiting)} parameters: {some(sorted(zero))}"
        remedy = "look for dead units and weights that start at 0"
        return Check("gradients", "warning", found, remedy)
    return Check("gradients", "ok", f"reach all {len(waiting)} parameters")


def check_one_batch(subject: Subject) -> Check | None:
    """Whether a few rows can be learnt by heart, by the training's own optimizer or at least by Adam."""
    own = _learn(subject, subject.optimizers != ())
    steps = f"{len(own.losses)} steps on {min(MOST_ROWS, subject.rows)} rows"
    found = f"loss {own.losses[0]:.4g} to {own.losses[-1]:.4g} in {steps}"
    if own.share < LEARNT:
        return Check("one batch", "ok", found)
    other = _learn(subject, False) if subject.optimizers else own
    if other.share < LEARNT:
        found += f"; Adam at 0.001 comes to {other.losses[-1]:.4g}"
        remedy = "change the optimizer or its rate: see netwright diagnose after a short run"
        return Check("one batch", "warning", found, remedy)
    remedy = "look at head and loss, at scales and at gradients: what cannot learn this cannot learn more"
    return Check("one batch", "warning" if _barely_any(subject) else "fault", found, remedy)


def _barely_any(subject: Subject) -> bool:
    """Whether labels of equal rows may contradict each other, as of small tables of noisy cells."""
    tensors = subject.inputs.values() if isinstance(subject.inputs, dict) else subject.inputs
    return all(tensor.numel() <= 2 * len(tensor) for tensor in tensors)


def _learn(subject: Subject, own: bool) -> Course:
    """Train a copy on the first rows; dropout, which hides what is learnt, is off."""
    model, optimizers = twin(subject)
    for layer in model.modules():
        if isinstance(layer, (*DROPOUTS, ClassicDropout)):
            layer.p = 0.0
    rows = slice(0, MOST_ROWS)
    inputs, targets = changed(subject, lambda tensor: tensor[rows]), _first(subject.targets, rows)
    optimizers = optimizers if own else (_adam(model),)
    course, ends = Course(), time.monotonic() + subject.seconds / 2
    for _ in range(MOST_STEPS):
        loss = subject.loss(answers(model, inputs), targets)
        course.losses.append(float(loss.detach()))
        if time.monotonic() > ends or not math.isfinite(course.losses[-1]) or course.share < 0.02:
            break
        if not loss.requires_grad:
            break
        loss.backward()  # type: ignore[no-untyped-call]
        _step(optimizers)
    return course


def _first(targets: object, rows: slice) -> object:
    return targets[rows] if isinstance(targets, Tensor) else targets


def _adam(model: nn.Module) -> torch.optim.Optimizer:
    return torch.optim.Adam([value for value in model.parameters() if value.requires_grad], lr=0.001)


def _step(optimizers: tuple[torch.optim.Optimizer, ...]) -> None:
    for optimizer in optimizers:
        optimizer.step()
    for optimizer in optimizers:
        optimizer.zero_grad()
