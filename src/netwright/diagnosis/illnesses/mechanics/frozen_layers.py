"""Frozen by accident: layers that were never trained are kept as chance made them."""

import math

from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.outcome import learnt, troubled
from netwright.diagnosis.pictures import bars

MOST = 0.5  # of the tensors
WELL = 0.5
MANY = 64  # weights


def examine(case: Case) -> Sign | None:
    network = case.network
    share = len(network.frozen) / max(network.tensors, 1)
    if share < MOST or fresh(case, network.frozen) is not True:
        return None
    if not troubled(case) and (learnt(case) or 1.0) > WELL:
        return None
    evidence = (
        f"{len(network.frozen)} of {network.tensors} tensors are frozen, with weights as random as at a fresh start"
    )
    parts = {"frozen": float(len(network.frozen)), "trained": float(network.tensors - len(network.frozen))}
    sketch = bars("Parameters", "tensors", parts)
    return Sign(share, evidence, {"share": share}, sketch, network.frozen[0])


def fresh(case: Case, names: tuple[str, ...]) -> bool | None:
    """Return whether these parameters' layers look as if they were just initialised; None where it cannot be said.

    The usual deviations are sqrt(1/3), 1 or sqrt(2) over the root of the inputs, and Xavier's.
    """
    start = case.start
    layers = {name.rpartition(".")[0] for name in names}
    at = [number for number, name in enumerate(start.names) if name in layers and _told(case, number)]
    return all(_usual(case, number) for number in at) if at else None


def _told(case: Case, number: int) -> bool:
    """Whether there are inputs enough, or weights enough, for a deviation to say something."""
    return case.start.fan_in[number] > 1 or case.start.fan_out[number] >= MANY


def _usual(case: Case, number: int) -> bool:
    start = case.start
    inputs, outputs = start.fan_in[number], start.fan_out[number]
    usual = [math.sqrt(factor / inputs) for factor in (1.0 / 3.0, 1.0, 2.0)] + [math.sqrt(2.0 / (inputs + outputs))]
    usual += [math.sqrt(gates / (3.0 * outputs)) for gates in (1, 3, 4)]  # of recurrent layers, by their states
    few = 4.0 / math.sqrt(max(2.0 * inputs * outputs, 1.0))  # four standard errors of a deviation
    return any(abs(start.deviation[number] / deviation - 1.0) < max(0.03, few) for deviation in usual)


FROZEN_LAYERS = Illness(
    code="mechanics.frozen-layers",
    name="Layers frozen that were never trained",
    severity="error",
    what="Most of the network does not learn, and its weights are those of a random start.",
    why="A frozen part is meant to keep what it learnt elsewhere; these layers learnt nothing anywhere.",
    seen="at least half of the tensors do not require a gradient, their weights have the deviation of a usual start, "
    "and less than half of one answer's loss is gone (Yosinski et al., How transferable are features in deep neural "
    "networks?, 2014: frozen layers must be trained ones)",
    example="requires_grad = False for all parameters of a model that was made without its pre-trained weights",
    remedies=(Change("unfreeze", True, "let all parameters learn, or load trained weights"),),
    examine=examine,
    explains=(
        *("optimisation.plateau", "generalisation.underfitting", "signal.constant-output", "optimisation.rate-too-low"),
        *("architecture.capacity-too-small", "optimisation.too-few-steps"),
    ),
)
