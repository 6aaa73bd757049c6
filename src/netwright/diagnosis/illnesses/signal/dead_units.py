"""Dead units: they answer nothing whatever comes in, and so never learn again."""

from netwright.core.findings import Curve, Sketch
from netwright.diagnosis.case import Case, Step
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.outcome import barely_learnt, falls_behind

MOST = 0.5  # share of a layer's units
LAST = 5  # watched steps at the end, whose least share counts: a unit that wakes again is not dead


def examine(case: Case) -> Sign | None:
    steps = [step for step in case.steps if step.layers is not None][-LAST:]
    if len(steps) < 2:
        return None
    shares = {name: min(_dead(step, name) for step in steps) for name in _names(steps[-1])}
    worst = max(shares, key=lambda name: shares[name], default="")
    if not worst or shares[worst] <= MOST:
        return None
    share = shares[worst]
    evidence = (
        f"{share:.0%} of the units of {worst} answer nothing for any row, over the last {len(steps)} watched steps"
    )
    hurts = barely_learnt(case) or falls_behind(case)
    return Sign(share, evidence, {"dead share": share}, _sketch(case, worst), worst, hurts=hurts)


def _names(step: Step) -> tuple[str, ...]:
    return step.layers.names if step.layers else ()


def _dead(step: Step, name: str) -> float:
    if step.layers is None or name not in step.layers.names:
        return 0.0
    return step.layers.dead[step.layers.names.index(name)] or 0.0


def _sketch(case: Case, worst: str) -> Sketch:
    watched = [step for step in case.steps if step.layers is not None]
    curve = Curve(worst, tuple(float(step.step) for step in watched), tuple(_dead(step, worst) for step in watched))
    return Sketch("Share of dead units", "step", "share of units", (curve,), (("dead above", MOST),))


DEAD_UNITS = Illness(
    code="signal.dead-units",
    name="Dead units",
    severity="warning",
    what="Units whose activation is flat for every row: a ReLU below 0, a sigmoid far out. They pass nothing on.",
    why="Where f'(z) = 0 for every row, no gradient reaches the weights: the unit is lost, and capacity with it.",
    seen="share of units with |f'(z)| < 0.0066 in every row of the batch, above 0.5 of a layer in each of the last 5 "
    "watched steps (TheDeepChecker, Ben Braiek and Khomh 2022: more than half of the neurons)",
    example="a step at a learning rate far too high throws the biases of a ReLU layer below 0",
    remedies=(
        Change("learning_rate", 0.1, "divide the learning rate by 10"),
        Change("activation", "leaky_relu", "take leaky ReLU, whose slope is nowhere 0"),
        Change("initialization", "kaiming", "start from Kaiming's weights with biases of 0"),
        Change("normalization", "batch", "normalise before the activation"),
    ),
    examine=examine,
    explains=("signal.vanishing-gradient", "signal.collapsed-representation", "optimisation.plateau"),
)
