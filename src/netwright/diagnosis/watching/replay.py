"""The loss of a training as a function of output and target, to train with it again."""

import functools
import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from netwright.diagnosis.watching.candidates import BY_NAME, aligned
from netwright.diagnosis.watching.identify import Judged
from netwright.diagnosis.watching.reading import Reading, by_row
from netwright.diagnosis.watching.tape import Call

Loss = Callable[[Tensor, Tensor], Tensor]
CLOSE = 1e-3


def loss_of(given: Any, judged: Judged, reading: Reading, trace: list[Call]) -> tuple[Loss | None, str]:
    """Return the loss as a function, the first that gives the number that the step came to; or why there is none.

    Args:
        given: the user's own loss function, if he said it.
        judged: the step's objective.
        reading: its operations.
        trace: the functions that ran after the network.
    """
    ways: list[Loss] = [given] if callable(given) else []
    if judged.function is not None:
        ways.append(functools.partial(_of_torch, judged.function, dict(judged.options)))
    ways.append(again(trace, reading.output, reading.target, judged.value))
    if judged.loss in BY_NAME:
        head = judged.head if judged.outside else ""
        ways.append(ByName(judged.loss, judged.factor, judged.root, judged.broadcast, head))
    assert reading.target is not None
    target = by_row(reading.target.detach(), len(reading.output))
    if target.shape != reading.target.shape:
        ways += [functools.partial(_laid_out, way) for way in ways]
    for way in ways:
        if judged.value is not None and _agrees(way, judged, reading.output, target):
            share = _share(judged.value, reading)
            return (way if share == 1.0 else functools.partial(_scaled, way, share)), ""
    return None, "its loss could not be computed again"


def _share(value: Tensor, reading: Reading) -> float:
    """Return what a loss is multiplied by before backward, where it is only multiplied or divided: by accumulation."""
    later = [entry for entry in reading.way if entry.result is not None and entry.result.numel() == 1]
    position = next((n for n, entry in enumerate(later) if entry.result is value), None)
    if reading.total is None or position is None or reading.total is value:
        return 1.0
    if any(entry.name not in ("div", "mul") or len(entry.operands) > 1 for entry in later[position + 1 :]):
        return 1.0
    made, total = float(value.detach()), float(reading.total.detach())
    return total / made if made and math.isfinite(total / made) else 1.0


def _scaled(loss: Loss, share: float, output: Tensor, target: Tensor) -> Tensor:
    return share * loss(output, target)


def _laid_out(loss: Loss, output: Tensor, target: Tensor) -> Tensor:
    """Compute a loss that takes the positions of all rows end to end."""
    return loss(output, target.flatten(0, 1))


def _agrees(way: Loss, judged: Judged, output: Tensor, target: Tensor) -> bool:
    assert judged.value is not None
    answers = output.detach().clone().requires_grad_()
    half = max(len(answers) // 2, 1)
    try:
        with torch.random.fork_rng([]), torch.enable_grad(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = way(answers, target)
            part = way(answers[:half], target[:half])
    except (RuntimeError, TypeError, ValueError, IndexError, KeyError, AttributeError):  # made for other arguments
        return False
    if not all(isinstance(loss, Tensor) and loss.numel() == 1 and loss.requires_grad for loss in (found, part)):
        return False
    expected, value = float(judged.value.detach()), float(found.detach())
    return math.isclose(value, expected, rel_tol=CLOSE, abs_tol=1e-6) or (math.isnan(value) and math.isnan(expected))


def _of_torch(function: Callable[..., Tensor], options: dict[str, Any], output: Tensor, target: Tensor) -> Tensor:
    named = {name: value for name, value in options.items() if not name.isdigit()}
    return function(output, target, **named)


HEADS: dict[str, Callable[[Tensor], Tensor]] = {
    "softmax": functools.partial(torch.softmax, dim=-1),
    "log_softmax": functools.partial(torch.log_softmax, dim=-1),
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": torch.relu,
}


@dataclass(frozen=True)
class ByName:
    """A loss that was recognised by its numbers, with the head that the user puts before it."""

    name: str
    factor: float
    root: bool
    broadcast: bool
    head: str  # "" where the network's own output is judged

    def __call__(self, output: Tensor, target: Tensor) -> Tensor:
        point = HEADS[self.head](output) if self.head else output
        for o, t, spread in aligned(point, target):
            if spread == self.broadcast:
                mean = BY_NAME[self.name].terms(o, t).mean()
                return mean.sqrt() if self.root else self.factor * mean
        raise ValueError(f"targets of shape {tuple(target.shape)} do not fit outputs of shape {tuple(output.shape)}")


@dataclass(frozen=True)
class Slot:
    """The place of a tensor in recorded functions, by the identity that it had."""

    number: int


@dataclass(frozen=True)
class Part:
    """One recorded function, slots in place of what depends on output and target."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    options: dict[str, Any]
    result: int


def again(trace: list[Call], former: Tensor, target: Tensor | None, value: Tensor | None) -> Loss:
    """Return the recorded functions from the output to the loss as a function of output and target."""
    parts = parts_from(trace, [id(former), id(target)], value)
    return functools.partial(_carry_out, parts, id(former), id(target))


def parts_from(trace: list[Call], known: list[int], value: Tensor | None) -> list[Part]:
    """Return the recorded functions that lead from tensors, by identity, to a value; none where they do not."""
    slots: dict[int, Any] = {number: Slot(number) for number in known}
    parts: list[Part] = []
    for call in trace:
        arguments, options = _exchange(call.arguments, slots), _exchange(call.options, slots)
        if arguments is call.arguments and options is call.options:
            continue
        parts.append(Part(call.function, arguments, options, id(call.result)))
        slots.setdefault(id(call.result), Slot(id(call.result)))
        if call.result is value:
            return parts
    return []


def _carry_out(parts: list[Part], former: int, former_target: int, output: Tensor, target: Tensor) -> Tensor:
    if not parts:
        raise ValueError("the loss does not follow from the output by functions that were recorded")
    return carried_out(parts, {former: output, former_target: target})


def carried_out(parts: list[Part], values: dict[int, Any]) -> Tensor:
    """Return what the last of recorded functions gives on other values in place of the known tensors."""
    result = torch.empty(0)
    for part in parts:
        result = part.function(*_filled(part.arguments, values), **_filled(part.options, values))
        values[part.result] = result
    return result


def _exchange(argument: Any, instead: dict[int, Any]) -> Any:
    """Return the same with tensors exchanged; the very same where there are none to exchange."""
    if isinstance(argument, dict):
        options = {name: _exchange(part, instead) for name, part in argument.items()}
        return options if any(options[name] is not argument[name] for name in argument) else argument
    if type(argument) in (list, tuple):
        parts = [_exchange(part, instead) for part in argument]
        return type(argument)(parts) if any(a is not b for a, b in zip(parts, argument, strict=True)) else argument
    return instead.get(id(argument), argument)


def _filled(argument: Any, values: dict[int, Any]) -> Any:
    if isinstance(argument, dict):
        return {name: _filled(part, values) for name, part in argument.items()}
    if type(argument) in (list, tuple):
        return type(argument)(_filled(part, values) for part in argument)
    return values[argument.number] if isinstance(argument, Slot) else argument
