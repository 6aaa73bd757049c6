"""Dead units: they answer nothing whatever comes in, and so never learn again."""

from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.layers import LAST, values, watched
from netwright.diagnosis.outcome import refuted, troubled
from netwright.diagnosis.pictures import layer_picture

MOST = 0.5  # share of a layer's units
SMALL = 8  # rows of a batch in which many units are silent by chance


def examine(case: Case) -> Sign | None:
    steps = watched(case)[-LAST:]
    few = case.optimizing.batch_size is not None and case.optimizing.batch_size < SMALL
    few = few and case.optimizing.batch_size != case.optimizing.rows
    if len(steps) < 2 or few or not troubled(case):
        return None
    names = values(steps[-1], "dead")
    shares = {name: min(values(step, "dead").get(name, 0.0) for step in steps) for name in names}
    worst = max(shares, key=lambda name: shares[name], default="")
    if not worst or shares[worst] <= MOST:
        return None
    share = shares[worst]
    evidence = (
        f"{share:.0%} of the units of {worst} answer nothing for any row, over the last {len(steps)} watched steps"
    )
    sketch = layer_picture(case, "dead", worst, "share of dead units", (("dead above", MOST),))
    hurts = not (refuted(case, "relu") and refuted(case, "kaiming") and refuted(case, "learning_rate x 0.1"))
    return Sign(share, evidence, {"dead share": share}, sketch, worst, hurts=hurts)


DEAD_UNITS = Illness(
    code="signal.dead-units",
    name="Dead units",
    severity="warning",
    what="Units whose activation is flat for every row: a ReLU below 0, a sigmoid far out. They pass nothing on.",
    why="Where f'(z) = 0 for every row, no gradient reaches the weights: the unit is lost, and capacity with it.",
    seen="share of units with |f'(z)| < 0.0066 in every row of the batch, above 0.5 of a layer in each of the last 5 "
    "watched steps, where little was learnt (TheDeepChecker, Ben Braiek and Khomh 2022: more than half of the neurons)",
    example="a step at a learning rate far too high throws the biases of a ReLU layer below 0",
    remedies=(
        Change("learning_rate", 0.1, "divide the learning rate by 10"),
        Change("activation", "leaky_relu", "take leaky ReLU, whose slope is nowhere 0"),
        Change("initialization", "kaiming", "start from Kaiming's weights with biases of 0"),
        Change("normalization", "batch", "normalise before the activation"),
    ),
    examine=examine,
    explains=(
        *("signal.vanishing-gradient", "signal.collapsed-representation", "signal.rank-loss"),
        *("signal.constant-output", "optimisation.plateau", "generalisation.underfitting"),
    ),
)
