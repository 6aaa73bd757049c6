"""Vanishing gradient: what reaches the first layers is a trace of what leaves the last."""

import math

from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.layers import at_end, at_start
from netwright.diagnosis.outcome import troubled
from netwright.diagnosis.pictures import bars

LEAST = 1e-2  # of the last layer's, for the first
LAYERS = 3


def examine(case: Case) -> Sign | None:
    ends = [_ratio(at(case, "delta_norm")) for at in (at_start, at_end)]
    known = [ratio for ratio in ends if ratio is not None]
    if len(known) < 2 or max(known) >= LEAST or not troubled(case):
        return None
    norms, ratio = at_end(case, "delta_norm"), known[-1]
    first, last = next(iter(norms)), list(norms)[-1]
    evidence = f"the error that reaches {first} is {ratio:.1e} of the error at {last}, at the start and at the end"
    sketch = bars("How far the error comes back", "L2 of dL/dz", norms, log=True)
    strength = min(1.0, math.log10(max(ratio, 1e-12)) / -6.0)
    return Sign(strength, evidence, {"first over last": ratio}, sketch, first)


def _ratio(norms: dict[str, float]) -> float | None:
    found = list(norms.values())
    return found[0] / found[-1] if len(found) >= LAYERS and found[-1] > 0.0 else None


VANISHING_GRADIENT = Illness(
    code="signal.vanishing-gradient",
    name="Vanishing gradient",
    severity="warning",
    what="The error shrinks on its way back through the layers, until the first ones hear next to nothing of it.",
    why="A weight moves by its gradient. Layers without one keep their random start, and the layers above them have to "
    "work with what these random features happen to say.",
    seen="||dL/dz|| of the first layer below 0.01 of the last layer's, over the first 5 and over the last 5 watched "
    "steps, in a network of at least 3 layers that learnt next to nothing (Bengio, Simard and Frasconi, Learning "
    "long-term dependencies with gradient descent is difficult, 1994; AutoTrainer, Zhang et al. 2021, takes 0.001)",
    example="eight sigmoid layers: each multiplies the error by at most 0.25",
    remedies=(
        Change("activation", "relu", "take ReLU in the hidden layers, whose slope is 1 where it is open"),
        Change("initialization", "kaiming", "start from Kaiming's weights, which keep the signal's scale"),
        Change("normalization", "batch", "normalise before each activation"),
        Change("residual", True, "let the error pass by skips around the layers"),
    ),
    examine=examine,
    explains=("optimisation.plateau", "generalisation.underfitting", "signal.constant-output"),
)
