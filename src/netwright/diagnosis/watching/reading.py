"""What a tape says of the objective: which tensor the network answered, what it was compared with, and the loss."""

import math
from dataclasses import dataclass, field

from torch import Tensor

from netwright.diagnosis.watching.tape import Call, Entry, Operand, Tape

PLAIN = ("add", "clamp", "clamp_min", "clamp_max", "div", "mul", "sub", "rsub", "nan_to_num", "sum")  # around a head
LOGS = {"softmax": "log_softmax", "sigmoid": "logsigmoid"}


@dataclass
class Reading:
    """The objective of one step, as tensors."""

    output: Tensor  # of the network
    target: Tensor | None
    way: list[Entry]  # from the output to the loss
    meeting: Entry | None  # where the target meets the answers
    loss: Entry | None  # a loss of torch.nn.functional
    points: list[Tensor]  # the output, and what became of it by activations and softmaxes: what a loss may judge
    scalars: list[Tensor] = field(default_factory=list)  # losses in the making, in order
    total: Tensor | None = None  # what backward was called on

    def loss_input(self, entry: Entry) -> Tensor:
        """Return what a loss of torch was given as answers."""
        found = entry.operands[0].tensor
        return self.output if found is None else found


def read(tape: Tape, results: list[Tensor], total: Tensor | None) -> Reading | None:
    """Return what a step's tape says; None where the output did not reach the loss.

    Args:
        tape: of the step.
        results: what the network returned, in order.
        total: what backward was called on; None in evaluations.
    """
    reached = _ancestors(tape, total)
    for output in [*_answers(results), *_inner_answers(tape, reached)]:
        origin = tape.origin(output)
        if origin is None or not origin.ops or (total is not None and not set(origin.ops) & reached):
            continue
        way = _way(tape, origin.ops, reached if total is not None else None)
        meeting, target = _meeting(way, output, set(origin.ops))
        if meeting is not None and target is not None:
            target = _unturned(tape, way[: way.index(meeting)], meeting, target)
        if meeting is not None or total is not None:
            return _reading(output, target, way, meeting, total)
    return None


def _answers(results: list[Tensor]) -> list[Tensor]:
    return [tensor for tensor in results if tensor.is_floating_point() and tensor.dim() > 0 and tensor.numel() > 0]


def _inner_answers(tape: Tape, reached: set[int]) -> list[Tensor]:
    """Return what losses inside the network were given, where it returns nothing but its loss."""
    losses = [entry for entry in tape.entries if entry.kind == "loss" and entry.number in reached]
    return [entry.operands[0].tensor for entry in losses if entry.operands[0].tensor is not None]


def _ancestors(tape: Tape, total: Tensor | None) -> set[int]:
    origin = tape.origin(total) if total is not None else None
    reached: set[int] = set()
    waiting = list(origin.ops) if origin else []
    while waiting:
        number = waiting.pop()
        if number not in reached:
            reached.add(number)
            waiting.extend(tape.entries[number].inputs)
    return reached


def _way(tape: Tape, start: tuple[int, ...], reached: set[int] | None) -> list[Entry]:
    """Return the operations that take the output, directly or not, in order; of those that lead to the loss."""
    derived, way = set(start), []
    for entry in tape.entries[min(start) :]:
        if entry.number not in start and derived & set(entry.inputs) and (reached is None or entry.number in reached):
            derived.add(entry.number)
            way.append(entry)
    return way


def _meeting(way: list[Entry], output: Tensor, start: set[int]) -> tuple[Entry | None, Tensor | None]:
    derived = set(start)
    for entry in way:
        found = [operand for operand in _candidates(entry, derived) if _fits(operand, output)]
        if found:
            return entry, found[-1 if entry.name == "getitem" else 0].tensor
        derived.add(entry.number)
    return None, None


def _unturned(tape: Tape, before: list[Entry], meeting: Entry, target: Tensor) -> Tensor:
    """Return the target itself where -t, or 1 - t, is multiplied with the logarithm of an answer."""
    if meeting.name != "mul" or not any(entry.name.startswith("log") for entry in before):
        return target
    made = {id(call.result): call for call in tape.trace}
    while (call := made.get(id(target))) is not None and (turned := _turned(call)) is not None:
        target = turned
    return target


def _turned(call: Call) -> Tensor | None:
    """Return t of a call for -t or 1 - t; None of any other."""
    name, (first, *others) = call.function.__name__, call.arguments or (None,)
    negative = name in ("neg", "negative", "__neg__") or (name in ("mul", "__mul__", "__rmul__") and others == [-1])
    rest = name in ("rsub", "__rsub__") and others == [1]
    return first if isinstance(first, Tensor) and (negative or rest) else None


def _candidates(entry: Entry, derived: set[int]) -> list[Operand]:
    operands = entry.operands[1:2] if entry.kind == "loss" else entry.operands
    return [
        operand
        for operand in operands
        if operand.tensor is not None
        and not (operand.origin and derived & set(operand.origin.ops))
        and not (operand.origin and operand.origin.parameters)
        and (operand.foreign or entry.kind == "loss")
    ]


def _fits(operand: Operand, output: Tensor) -> bool:
    """Whether a tensor may be the target of an output: as many rows, as many numbers, or as many answers of classes."""
    numbers = math.prod(operand.shape)
    if not operand.shape:
        return output.numel() == 1
    answers = {output.numel() // max(output.shape[axis], 1) for axis in (1, -1)} if output.dim() > 2 else set()
    return operand.shape[0] == output.shape[0] or numbers == output.numel() or numbers in answers


def by_row(target: Tensor, rows: int) -> Tensor:
    """Return a target with one entry a row, where the positions of all rows were laid end to end."""
    if target.dim() and len(target) != rows and rows and len(target) % rows == 0:
        return target.reshape(rows, len(target) // rows, *target.shape[1:])
    return target


def _reading(
    output: Tensor, target: Tensor | None, way: list[Entry], meeting: Entry | None, total: Tensor | None
) -> Reading:
    losses = [entry for entry in way if entry.kind == "loss"]
    results = [(entry, entry.result) for entry in way if entry.result is not None]
    shaped = [r for entry, r in results if entry.kind in ("activation", "softmax") and r.shape == output.shape]
    scalars = [result for _, result in results if result.numel() == 1]
    loss = losses[0] if losses else None
    return Reading(output, target, way, meeting, loss, [output, *shaped], scalars, total)


def head_of(tape: Tape, point: Tensor) -> tuple[str, str]:
    """Return what a tensor went through last, and the line of it: identity, softmax, log_softmax, sigmoid, relu ..."""
    origin = tape.origin(point)
    entry = tape.entries[origin.ops[0]] if origin and origin.ops else None
    logged = False
    while entry is not None:
        if entry.kind in ("activation", "softmax"):
            return (LOGS.get(entry.name, "identity") if logged else entry.name), entry.where
        if entry.name != "log" and not (entry.name in PLAIN and len(_made(entry)) == 1):
            return "identity", ""
        logged = logged or entry.name == "log"
        entry = tape.entries[_made(entry)[0]]
    return "identity", ""


def _made(entry: Entry) -> tuple[int, ...]:
    return entry.inputs[:1] if entry.name == "div" else entry.inputs
