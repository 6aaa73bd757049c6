"""Bottleneck: a layer so narrow that what later layers need does not get through."""

from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.outcome import gain, helps, learnt, refuted, troubled
from netwright.diagnosis.pictures import bars
from netwright.diagnosis.structure import named

WIDTH = 2  # units, at most
POOR = 0.7  # share of one answer's loss, gone
TIMES = 4  # narrower than what it takes


def examine(case: Case) -> Sign | None:
    layers = [op for op in case.network.weights if op.kind == "linear" and op.shape and op.input_shapes]
    poor = troubled(case) or (not case.trials and (learnt(case) or 1.0) < POOR)
    if not poor or refuted(case, "wider") or len(layers) < 2:
        return None
    outputs = layers[-1].shape[-1]
    narrow = [
        op
        for op in layers[:-1]
        if op.shape[-1] <= WIDTH and op.shape[-1] < min(op.input_shapes[0][-1] / TIMES, outputs)
    ]
    if not narrow or not (helps(case, "wider") or helps(case, "reference") or not case.trials):
        return None
    worst = min(narrow, key=lambda op: op.shape[-1])
    evidence = (
        f"{named(worst)} hands on {worst.shape[-1]} of {worst.input_shapes[0][-1]} numbers, for {outputs} outputs"
    )
    sketch = bars("Width of the layers", "units", {named(op): float(op.shape[-1]) for op in layers})
    strength = min(1.0, 0.7 + (gain(case, "wider") or 0.0)) if helps(case, "wider") else 0.7
    return Sign(strength, evidence, {"width": float(worst.shape[-1])}, sketch, named(worst))


BOTTLENECK = Illness(
    code="architecture.bottleneck",
    name="Bottleneck",
    severity="warning",
    what="One layer is far narrower than what comes in and what has to go out.",
    why="What does not fit through its few numbers is lost to all layers after it.",
    seen="a hidden layer of at most 2 units, narrower than a quarter of what it takes and than the outputs, where "
    "little was learnt and a wider network learns more (He et al., Deep residual learning, 2016, never narrow without "
    "a skip)",
    example="layers of 784, 2 and 10 units",
    remedies=(Change("width", 8.0, "make the narrow layer eight times as wide"),),
    examine=examine,
    explains=(
        *("generalisation.underfitting", "architecture.capacity-too-small", "optimisation.plateau", "signal.rank-loss"),
        *(
            "signal.vanishing-gradient",
            "signal.collapsed-representation",
            "signal.constant-output",
            "signal.dead-units",
        ),
    ),
)
