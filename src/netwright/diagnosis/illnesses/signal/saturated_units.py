"""Saturated units: a bounded activation at its bound, where its slope is next to nothing."""

from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.layers import at_end, values, watched
from netwright.diagnosis.outcome import troubled
from netwright.diagnosis.pictures import layer_picture
from netwright.diagnosis.structure import hidden_activations

MOST = 0.7  # share of a layer's values
BOUNDED = ("sigmoid", "tanh", "softsign", "hardtanh", "hardsigmoid", "logsigmoid")


def examine(case: Case) -> Sign | None:
    names = {op.name for op in hidden_activations(case)}
    shares = at_end(case, "saturated")
    worst = max(shares, key=lambda name: shares[name], default="")
    if not worst or shares[worst] <= MOST or not names & set(BOUNDED) or not troubled(case):
        return None
    start = values(watched(case)[0], "saturated").get(worst, 0.0)
    evidence = (
        f"{shares[worst]:.0%} of the values of {worst} lie where its activation is flat; {start:.0%} in the first step"
    )
    sketch = layer_picture(case, "saturated", worst, "share of saturated values", (("saturated above", MOST),))
    return Sign(shares[worst], evidence, {"saturated share": shares[worst], "at the start": start}, sketch, worst)


SATURATED_UNITS = Illness(
    code="signal.saturated-units",
    name="Saturated units",
    severity="warning",
    what="A sigmoid or tanh that is driven far out answers 0, 1 or -1 whatever comes in.",
    why="Out there f'(z) is next to 0: no error passes, the weights before it stop, and all rows look alike.",
    seen="share of values with |f'(z)| < 0.0066 above 0.7 of a layer with a bounded activation, median of the last 5 "
    "watched steps, where little was learnt (Glorot and Bengio, Understanding the difficulty of training deep "
    "feedforward neural networks, 2010; DeepDiagnosis, Wardat et al. 2022, takes 0.5 beyond 5)",
    example="pixels from 0 to 255 into a sigmoid layer",
    remedies=(
        Change("scale_inputs", True, "bring each feature to mean 0 and deviation 1"),
        Change("initialization", "xavier", "start from Xavier's weights, which keep z small"),
        Change("activation", "relu", "take ReLU, which has no upper bound"),
        Change("normalization", "batch", "normalise before each activation"),
    ),
    examine=examine,
    explains=(
        *("signal.vanishing-gradient", "signal.collapsed-representation", "signal.constant-output"),
        *("signal.dead-units", "optimisation.plateau", "generalisation.underfitting"),
    ),
)
