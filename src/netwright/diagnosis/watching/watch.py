"""`watch`: a context in which a PyTorch training is looked on at, by whatever loop it is trained."""

import dataclasses
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

import torch
from torch import nn
from torch.optim import Optimizer

from netwright.core.errors import RecipeError
from netwright.core.findings import Finding
from netwright.diagnosis.case import Case, Epoch, Start, Trial
from netwright.diagnosis.doctor import diagnose
from netwright.diagnosis.material import Material
from netwright.diagnosis.watching.assembling import case_of
from netwright.diagnosis.watching.leaving import copy_of, material_of
from netwright.diagnosis.watching.pace import Pace
from netwright.diagnosis.watching.patches import listen
from netwright.diagnosis.watching.probing import probed, seconds_for
from netwright.diagnosis.watching.quick import settle
from netwright.diagnosis.watching.session import Session
from netwright.diagnosis.watching.settings import Described, described
from netwright.diagnosis.watching.start import starts_of
from netwright.diagnosis.watching.state import State, state_of
from netwright.diagnosis.watching.words import in_words

DEPENDENCE = ("row_dependence", "future_dependence", "unread")


@dataclass
class Doctor:
    """What was seen of a training, and what is wrong with it."""

    state: State
    described: Described
    starts: dict[str, Start]
    model: nn.Module | None  # a copy from before the first step
    model_reason: str
    source: str = ""
    told: list[Epoch] = field(default_factory=list)
    trials: tuple[Trial, ...] = ()
    dependence: dict[str, float | None] = field(default_factory=dict)  # what answers depend on, by name in `Rows`
    deliberate: tuple[str, ...] = ()

    def case(self) -> Case:
        """Return the training so far as plain values."""
        settle(self.state)
        self.state.recorded.flush()
        case = case_of(self.state, self.described, self.starts, tuple(self.told), self.source)
        rows = dataclasses.replace(case.rows, **self.dependence)  # type: ignore[arg-type]
        return dataclasses.replace(case, rows=rows, trials=self.trials, deliberate=self.deliberate)

    def findings(self) -> tuple[Finding, ...]:
        """Return what is wrong: causes first, each followed by what it explains."""
        return diagnose(self.case())

    def report(self) -> None:
        """Print what is wrong, in words."""
        print(in_words(self.findings()))

    def probe(self, seconds: float) -> None:
        """Try short trainings for about so many seconds: their scores are evidence of what holds the training back."""
        found = probed(self.material, self.case(), seconds)
        self.trials = found.trials
        self.dependence = {name: getattr(found.rows, name) for name in DEPENDENCE}

    @property
    def material(self) -> Material:
        """What it takes to train again as the user did."""
        settle(self.state)
        return material_of(self.state, self.described, self.model, self.model_reason)

    def epoch(
        self,
        train_loss: float | None = None,
        validation_loss: float | None = None,
        metric: float | None = None,
    ) -> None:
        """Tell what an epoch came to, where that cannot be seen: the loop then needs no evaluations of its own."""
        settle(self.state)
        recorded, begin = self.state.recorded, self.told[-1].step if self.told else 0
        loss = recorded.mean_loss(begin) if train_loss is None else float(train_loss)
        rate = recorded.notes[-1].rate if recorded.steps > begin else None
        self.told.append(Epoch(len(self.told) + 1, recorded.steps, loss, validation_loss, None, metric, rate))


@contextmanager
def watch(
    model: nn.Module,
    optimizer: Optimizer | Sequence[Optimizer],
    loss_fn: Any = None,
    *,
    every: int | Literal["auto"] = "auto",
    probe: bool = True,
) -> Iterator[Doctor]:
    """Look on at a training inside a `with`, whatever its loop is.

    Results are the same numbers with and without it, and generators are left alone. What is hung onto torch meanwhile
    is taken off again at the end.

    Args:
        model: the network that is trained.
        optimizer: what steps, or several.
        loss_fn: the loss of (output, target), if there is one; what the loop computes is seen in any case.
        every: watch each so many steps; "auto" chooses so that what is watched costs some 2% of the time.
        probe: try short trainings at the end, at most ten seconds, that show what another setting would have brought.

    Raises:
        RecipeError: if an argument is none of those.

    >>> with watch(model, optimizer) as doctor:  # doctest: +SKIP
    ...     train()
    >>> doctor.report()  # doctest: +SKIP
    """
    doctor = prepare(model, optimizer, loss_fn, every)
    began = time.perf_counter()
    with listening(doctor):
        yield doctor
    if probe:
        doctor.probe(seconds_for(time.perf_counter() - began))


def prepare(
    model: nn.Module,
    optimizer: Optimizer | Sequence[Optimizer],
    loss_fn: Any = None,
    every: int | Literal["auto"] = "auto",
    source: str = "",
) -> Doctor:
    """Return a doctor that has looked at the network, and does not listen yet."""
    optimizers = checked(model, optimizer, every)
    state = state_of(model, optimizers, Pace(every))
    state.given = loss_fn
    state.inside = not is_compiled(model)
    copied, reason = copy_of(model)
    return Doctor(state, described(optimizers[0]), starts_of(model), copied, reason, source)


@contextmanager
def listening(doctor: Doctor) -> Iterator[Session]:
    """Listen to the training inside."""
    session, model = Session(doctor.state), doctor.state.model
    with listen(session, model, called_parts(model), doctor.state.optimizers):
        try:
            yield session
        finally:
            session.ended()


def called_parts(model: nn.Module) -> list[nn.Module]:
    """Return the parts of a network that a user may call himself; of lists of modules what they hold."""
    found: list[nn.Module] = []
    waiting = list(model.children())
    while waiting:
        module = waiting.pop(0)
        if isinstance(module, nn.ModuleList | nn.ModuleDict):
            waiting.extend(module.children())
        elif not any(module is known for known in found) and next(module.parameters(), None) is not None:
            found.append(module)
    return found


def trained_part(module: nn.Module) -> nn.Module:
    """Return the only part of a training module that has parameters, which is the network; or all of it."""
    parts = [part for part in module.children() if next(part.parameters(), None) is not None]
    alone = len(parts) == 1 and len(list(parts[0].parameters())) == len(list(module.parameters()))
    return parts[0] if alone else module


def is_compiled(model: nn.Module) -> bool:
    """Whether torch.compile or TorchScript runs the network or a part of it, which a tape would disturb."""
    return any(
        type(module).__name__ == "OptimizedModule"
        or getattr(module, "_compiled_call_impl", None) is not None
        or isinstance(module, torch.jit.ScriptModule)
        for module in model.modules()
    )


def checked(model: Any, optimizer: Any, every: Any) -> list[Optimizer]:
    """Return the optimizers as a list; raise RecipeError where one of the three is not what `watch` takes."""
    optimizers = (
        [optimizer] if isinstance(optimizer, Optimizer) or not isinstance(optimizer, Iterable) else [*optimizer]
    )
    if not isinstance(model, nn.Module):
        came = type(model).__name__
        raise RecipeError(f"watch takes a torch.nn.Module, not {came}: pass the network that is trained")
    wrong = next((one for one in optimizers if not isinstance(one, Optimizer)), None)
    if wrong is not None or not optimizers:
        came = "none" if wrong is None else type(wrong).__name__
        raise RecipeError(f"watch takes one or several of torch.optim's optimizers, not {came}: pass what steps")
    if every != "auto" and (not isinstance(every, int) or every < 1):
        raise RecipeError(f'every takes "auto" or a number of steps of at least 1, not {every!r}')
    return optimizers
