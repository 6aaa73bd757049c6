"""Start too large: the first signals are out of scale before anything is learnt."""

import math

from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.outcome import helps, learnt, refuted, troubled
from netwright.diagnosis.pictures import bars, trial_picture
from netwright.diagnosis.structure import inside

GAIN = 5.0  # deviation times the root of the inputs
WELL = 0.9


def examine(case: Case) -> Sign | None:
    gains = _gains(case)
    worst = max(gains, key=lambda name: gains[name], default="")
    if not worst or gains[worst] <= GAIN or any(op.kind == "normalization" for op in inside(case)):
        return None
    proven = helps(case, "kaiming")
    if not proven and (refuted(case, "kaiming") or not (troubled(case) or (learnt(case) or 1.0) < 0.0)):
        return None
    evidence = f"the weights of {worst} start {gains[worst]:.3g} times as large as those that keep a signal's scale"
    sketch = bars("Scale of the starting weights", "deviation x root of inputs", gains, (("at most", GAIN),), log=True)
    picture = trial_picture(case, "kaiming") if proven else sketch
    strength = min(1.0, 0.5 + math.log10(gains[worst] / GAIN) / 2.0 + 0.3 * proven)
    return Sign(strength, evidence, {"gain": gains[worst]}, picture, worst)


def _gains(case: Case) -> dict[str, float]:
    start = case.start
    found = zip(start.names, start.deviation, start.fan_in, strict=False)
    return {name: deviation * math.sqrt(fan) for name, deviation, fan in found}


TOO_LARGE = Illness(
    code="initialisation.too-large",
    name="Starting weights too large",
    severity="warning",
    what="The weights start so large that a layer's results are many times its inputs.",
    why="Bounded activations begin saturated, logits begin certain and wrong, and the first gradients are huge.",
    seen="deviation of a layer's weights times the root of its inputs above 5 without normalisation (1 to 1.4 keeps "
    "the scale: Glorot and Bengio 2010; He et al., Delving deep into rectifiers, 2015), where little was learnt",
    example="weights of N(0, 1) for 784 inputs: 28 times too large",
    remedies=(
        Change("initialization", "default", "leave the first weights as PyTorch draws them"),
        Change("initialization", "kaiming", "start from Kaiming's weights"),
        Change("initialization", "xavier", "start from Xavier's weights"),
        Change("normalization", "batch", "normalise before each activation"),
    ),
    examine=examine,
    explains=(
        *("signal.saturated-units", "signal.exploding-gradient", "signal.dead-units", "optimisation.divergence"),
        *("optimisation.plateau", "mechanics.not-finite-source", "generalisation.underfitting"),
        *("signal.vanishing-gradient", "architecture.normalization-missing", "signal.constant-output"),
        *("optimisation.rate-too-low", "architecture.saturating-activations"),
        "architecture.capacity-too-small",  # wider layers are begun anew, and so as they should be
    ),
)
