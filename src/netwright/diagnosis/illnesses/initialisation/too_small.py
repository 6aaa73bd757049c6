"""Start too small: the signal fades before it reaches the outputs."""

import math

from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.outcome import helps, refuted, troubled
from netwright.diagnosis.pictures import bars, trial_picture
from netwright.diagnosis.structure import inside

PRODUCT = 0.01  # of all hidden layers' gains
LAYERS = 2


def examine(case: Case) -> Sign | None:
    start = case.start
    found = zip(start.names, start.deviation, start.fan_in, strict=False)
    mixing = {op.layer for op in case.network.weights if op.kind in ("linear", "convolution")}
    gains = {name: deviation * math.sqrt(fan) for name, deviation, fan in found if name in mixing or not mixing}
    inner = list(gains.values())[:-1]  # a last layer near 0 is sound
    if len(inner) < LAYERS - 1 or any(op.kind in ("normalization", "add") for op in inside(case)):
        return None
    product = math.prod(min(1.0, gain) for gain in inner)
    usual = 0.4 ** len(inner)  # PyTorch's own start has gains of 0.58
    proven = helps(case, "kaiming")
    if product >= min(PRODUCT, usual) and not (proven and product < 0.3 * usual):
        return None
    if not inner or (not proven and (refuted(case, "kaiming") or not troubled(case))):
        return None
    evidence = f"through the hidden layers the starting weights shrink a signal to {product:.1e} of itself"
    sketch = bars("Scale of the starting weights", "deviation x root of inputs", gains, log=True)
    picture = trial_picture(case, "kaiming") if proven else sketch
    return Sign(0.9 if proven else 0.7, evidence, {"product": product}, picture, next(iter(gains)))


TOO_SMALL = Illness(
    code="initialisation.too-small",
    name="Starting weights too small",
    severity="warning",
    what="The weights start so close to 0 that next to nothing of a row reaches the outputs.",
    why="All rows look alike to later layers, and the error that comes back is multiplied by the same small weights.",
    seen="product over the hidden layers of deviation times the root of inputs below 0.01 (and below 0.4 a layer), "
    "with no normalisation or skips, where little was learnt (Glorot and Bengio, Understanding the difficulty of "
    "training deep feedforward neural networks, 2010)",
    example="weights of U(-0.05, 0.05) for layers of two units",
    remedies=(
        Change("initialization", "default", "leave the first weights as PyTorch draws them"),
        Change("initialization", "kaiming", "start from Kaiming's weights"),
        Change("initialization", "xavier", "start from Xavier's weights"),
        Change("normalization", "batch", "normalise before each activation"),
    ),
    examine=examine,
    explains=(
        *(
            "optimisation.rate-too-high",
            "signal.vanishing-gradient",
            "signal.collapsed-representation",
            "optimisation.plateau",
        ),
        *("generalisation.underfitting", "architecture.normalization-missing", "signal.constant-output"),
        *("optimisation.rate-too-low", "optimisation.too-few-steps", "signal.rank-loss", "signal.dead-units"),
        "architecture.capacity-too-small",  # wider layers are begun anew, and so as they should be
    ),
)
