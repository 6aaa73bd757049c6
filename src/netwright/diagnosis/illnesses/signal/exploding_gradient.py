"""Exploding gradient: the error grows on its way back, and single steps throw the weights away."""

import math
import statistics

from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.layers import at_start
from netwright.diagnosis.outcome import troubled
from netwright.diagnosis.pictures import bars, loss_picture

RATIO = 100.0  # of the first layer's error to the last one's
JUMP = 100.0  # of a step's gradient to the median before it


def examine(case: Case) -> Sign | None:
    if not troubled(case):
        return None
    return _over_layers(case) or _over_steps(case)


def _over_layers(case: Case) -> Sign | None:
    norms = at_start(case, "delta_norm")
    found = list(norms.values())
    if len(found) < 3 or found[-1] <= 0.0 or found[0] / found[-1] < RATIO:
        return None
    first, ratio = next(iter(norms)), found[0] / found[-1]
    evidence = f"the error that reaches {first} is {ratio:.3g} times the error at {list(norms)[-1]}"
    sketch = bars("How the error grows on its way back", "L2 of dL/dz", norms, log=True)
    return Sign(min(1.0, math.log10(ratio) / 4.0), evidence, {"first over last": ratio}, sketch, first)


def _over_steps(case: Case) -> Sign | None:
    norms = [step.gradient_norm for step in case.steps if step.gradient_norm is not None]
    early = [norm for norm in norms[: max(3, len(norms) // 10)] if math.isfinite(norm)]
    if len(early) < 3 or statistics.median(early) <= 0.0:
        return None
    jump = max((norm for norm in norms if math.isfinite(norm)), default=0.0) / statistics.median(early)
    if jump < JUMP:
        return None
    evidence = f"the gradient's norm grew to {jump:.3g} times what it was in the first steps"
    return Sign(min(1.0, math.log10(jump) / 4.0), evidence, {"largest over first": jump}, loss_picture(case))


EXPLODING_GRADIENT = Illness(
    code="signal.exploding-gradient",
    name="Exploding gradient",
    severity="warning",
    what="The error is multiplied at each layer, or from step to step, until one update throws the weights far off.",
    why="One such step undoes what hundreds before it learnt, and the next numbers may be no numbers any more.",
    seen="||dL/dz|| of the first layer above 100 of the last layer's in the first 5 watched steps (AutoTrainer, Zhang "
    "et al. 2021: 70), or a gradient's norm above 100 times the median of the first tenth, where little was learnt "
    "(Pascanu, Mikolov and Bengio, On the difficulty of training recurrent neural networks, 2013)",
    example="a recurrent network over a thousand steps whose recurrent matrix is larger than it may be",
    remedies=(
        Change("clip_norm", 1.0, "clip the gradient's norm at 1"),
        Change("learning_rate", 0.1, "divide the learning rate by 10"),
        Change("initialization", "kaiming", "start from weights that keep the signal's scale"),
        Change("normalization", "layer", "normalise before each activation"),
    ),
    examine=examine,
    explains=(
        *("optimisation.divergence", "mechanics.not-finite-source", "signal.dead-units", "signal.saturated-units"),
        *("optimisation.oscillation", "optimisation.plateau"),
    ),
)
