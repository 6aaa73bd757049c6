"""Bias before batch norm: it is added, and taken off again with the mean."""

from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.pictures import bars
from netwright.diagnosis.structure import feeding, inside, named

SHARE = 0.02  # of all parameters; below, nobody wants to hear of it


def examine(case: Case) -> Sign | None:
    norms = [op for op in inside(case) if op.kind == "normalization" and "batch" in op.name]
    before = [above for op in norms for above in feeding(case, op) if above.bias]
    wasted = sum(_units(above.shape, above.kind) for above in before)
    if not before or wasted < SHARE * max(case.network.parameters, 1):
        return None
    share = wasted / max(case.network.parameters, 1)
    evidence = f"{wasted} biases in {len(before)} layers, {share:.1%} of the parameters, go straight into a batch norm"
    sketch = bars("Biases that do nothing", "biases", {named(op): float(_units(op.shape, op.kind)) for op in before})
    return Sign(share, evidence, {"biases": float(wasted)}, sketch, named(before[0]), hurts=False)


def _units(shape: tuple[int, ...], kind: str) -> int:
    return 0 if len(shape) < 2 else shape[1 if kind == "convolution" else -1]


BIAS_BEFORE_BATCH_NORM = Illness(
    code="architecture.bias-before-batch-norm",
    name="Bias before batch norm",
    severity="note",
    what="A layer's bias is followed at once by a batch norm, which subtracts the mean, and the bias with it.",
    why="It does no harm. The biases get no gradient, and take memory and time for nothing.",
    seen="batch norm directly after a layer with a bias, where these biases are at least 2% of the parameters (Ioffe "
    "and Szegedy, Batch normalization, 2015, section 3.2)",
    example="nn.Linear(20, 64) and nn.BatchNorm1d(64)",
    remedies=(Change("remove", "bias", "write bias=False in the layers before a batch norm"),),
    examine=examine,
)
