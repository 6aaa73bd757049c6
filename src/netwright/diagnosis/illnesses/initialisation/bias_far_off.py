"""Bias far off: units begin shut, or wide open, for every row."""

from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.outcome import helps, refuted, troubled
from netwright.diagnosis.pictures import bars, trial_picture

MOST = 3.0


def examine(case: Case) -> Sign | None:
    biases = dict(zip(case.start.names, case.start.bias, strict=False))
    inner = dict(list(biases.items())[:-1])  # a last bias may start at the targets' mean or a class's log odds
    worst = max(inner, key=lambda name: inner[name], default="")
    if not worst or inner[worst] <= MOST or refuted(case, "kaiming"):
        return None
    if not (troubled(case) or helps(case, "kaiming")):
        return None
    evidence = f"the largest bias of {worst} starts at {inner[worst]:.3g}"
    sketch = trial_picture(case, "kaiming") or bars("Largest bias at the start", "|bias|", biases, (("at most", MOST),))
    return Sign(0.7, evidence, {"bias": inner[worst]}, sketch, worst)


BIAS_FAR_OFF = Illness(
    code="initialisation.bias-far-off",
    name="Biases start far from 0",
    severity="warning",
    what="A hidden layer's biases start so far from 0 that they, and not the rows, decide what a unit answers.",
    why="A ReLU far below 0 is dead from the start, a sigmoid far out is saturated.",
    seen="a hidden bias beyond 3 before the first step, where little was learnt (NeuraLint, Nikanjam et al. 2022: "
    "biases that are not 0; Goodfellow, Bengio and Courville, Deep learning, 2016, section 8.4)",
    example="nn.init.constant_(layer.bias, -10)",
    remedies=(
        Change("initialization", "default", "leave the first weights as PyTorch draws them"),
        Change("initialization", "kaiming", "start from Kaiming's weights with biases of 0"),
    ),
    examine=examine,
    explains=(
        *("signal.dead-units", "signal.saturated-units", "signal.collapsed-representation", "optimisation.plateau"),
        *("signal.vanishing-gradient", "signal.constant-output", "generalisation.underfitting", "signal.rank-loss"),
        "architecture.capacity-too-small",  # wider layers are begun anew, and so as they should be
    ),
)
