"""Questions about how a network's operations follow each other."""

import math
import statistics
from collections import Counter
from collections.abc import Iterator

from netwright.diagnosis.case import Case, Op

NEAR = 0.33  # of the inputs' deviation, that targets may lie apart which are the inputs, noise left out or not
AGAIN = 3  # times in one pass that the same weights act
# Of kind "other" and nothing but linear; what is not named here may bend its inputs.
PLAIN = {
    *("flatten", "view", "reshape", "permute", "transpose", "squeeze", "unsqueeze", "contiguous", "cat", "concat"),
    *("stack", "mean", "sum", "getitem", "__getitem__", "chunk", "split", "pad", "expand", "repeat", "t", "identity"),
    *("to", "float", "clone", "neg", "sub", "select", "narrow", "movedim", "swapaxes", "unflatten", "roll", "flip"),
}


def inside(case: Case) -> tuple[Op, ...]:
    """Return the operations of the network itself, in order."""
    return tuple(op for op in case.network.ops if not op.after_output and op.kind != "loss")


def numbered(case: Case) -> dict[int, Op]:
    return {op.number: op for op in case.network.ops}


def feeding(case: Case, op: Op) -> tuple[Op, ...]:
    """Return the operations whose results it takes."""
    known = numbered(case)
    return tuple(known[number] for number in op.inputs if number in known)


def taking(case: Case, op: Op) -> tuple[Op, ...]:
    """Return the operations that take its result."""
    return tuple(other for other in case.network.ops if op.number in other.inputs)


def bends(op: Op) -> bool:
    """Whether it is, or may be, more than a linear function of what it takes, its weights aside."""
    if op.kind in ("linear", "convolution", "dropout", "add"):
        return False
    if op.kind == "pooling":
        return "max" in op.name
    if op.kind == "normalization":
        return "batch" not in op.name  # in evaluation a batch norm is a fixed scale and shift
    return op.kind != "other" or op.name not in PLAIN


def back(case: Case, op: Op) -> Iterator[Op]:
    """Yield what it takes, and what that takes, as far as nothing bends and no weights are met."""
    ahead, seen = list(feeding(case, op)), set[int]()
    while ahead:
        at = ahead.pop()
        if at.number in seen:
            continue
        seen.add(at.number)
        yield at
        if not bends(at) and at.kind not in ("linear", "convolution", "add"):
            ahead.extend(feeding(case, at))


def hidden(case: Case) -> tuple[Op, ...]:
    """Return the operations that stand before the last one with weights."""
    last = max((op.number for op in case.network.weights if not op.after_output), default=-1)
    return tuple(op for op in inside(case) if op.number < last)


def hidden_activations(case: Case) -> tuple[Op, ...]:
    return tuple(op for op in hidden(case) if op.kind == "activation")


def output(case: Case) -> Op | None:
    """Return the last operation of the network."""
    return inside(case)[-1] if inside(case) else None


def gives_back(case: Case) -> bool:
    """Whether values come out as they went in, as of an autoencoder: what stands between is narrow on purpose."""
    if case.objective.task not in ("values", ""):
        return False
    taken = next((op.input_shapes[0] for op in inside(case) if op.from_data and op.input_shapes), None)
    return taken is not None and taken == case.objective.output_shape and _alike(case)


def _alike(case: Case) -> bool:
    """Whether targets lie where inputs do, as far as that is known: mean and deviation are within a third."""
    rows, mean, deviation = case.rows, case.objective.target_mean, case.objective.target_deviation
    if not rows.means or mean is None or deviation is None:
        return True
    middle = statistics.fmean(rows.means)
    spread = math.sqrt(
        statistics.fmean((m - middle) ** 2 + d**2 for m, d in zip(rows.means, rows.deviations, strict=True))
    )
    return abs(mean - middle) <= NEAR * spread and abs(deviation - spread) <= NEAR * spread


def unrolled(case: Case) -> bool:
    """Whether some weights act again and again in one pass: a recurrent cell that is written out step by step."""
    used = Counter(op.layer for op in case.network.weights if op.layer)
    return max(used.values(), default=0) >= AGAIN


def depth(case: Case) -> int:
    """Return how many operations with weights stand behind each other on the longest way."""
    deepest: dict[int, int] = {}
    for op in inside(case):
        above = max((deepest.get(number, 0) for number in op.inputs), default=0)
        deepest[op.number] = above + (op.kind in ("linear", "convolution", "recurrent", "attention"))
    return max(deepest.values(), default=0)


def named(op: Op) -> str:
    """Return how a person finds the operation: its layer, or its name and line."""
    return op.layer or " at ".join(filter(None, (op.name, op.where)))
