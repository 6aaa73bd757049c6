"""Softmax between layers: units that must sum to 1 say little."""

from netwright.diagnosis.case import Case, Op
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.outcome import helps, learnt, refuted, troubled
from netwright.diagnosis.pictures import bars
from netwright.diagnosis.structure import feeding, hidden, named, taking, unrolled

WELL = 0.9  # share of one answer's loss, gone


def examine(case: Case) -> Sign | None:
    inner = [op for op in hidden(case) if op.kind == "softmax"]
    found = [op for op in inner if _feeds_layer(case, op.number) or (unrolled(case) and _is_gated(case, op))]
    untried = not case.trials and (learnt(case) or 1.0) < WELL
    if not found or not (troubled(case) or untried or helps(case, "relu")) or refuted(case, "relu"):
        return None
    units = found[0].shape[-1] if found[0].shape else 0
    evidence = f"{named(found[0])} shares a sum of 1 among {units} hidden units: about {1 / max(units, 1):.2g} for each"
    sketch = bars("What a unit gets of the sum", "mean activation", {named(found[0]): 1 / max(units, 1)})
    return Sign(0.8, evidence, {"units": float(units)}, sketch, named(found[0]))


def _feeds_layer(case: Case, number: int) -> bool:
    """Whether its result goes into a layer of weights, and not, as in attention, into a product with values."""
    ways = [op for op in case.network.ops if op.number == number]
    onward = [after for op in ways for after in taking(case, op)]
    onward += [after for op in onward if op.kind == "dropout" for after in taking(case, op)]
    return any(op.kind in ("linear", "convolution") for op in onward)


def _is_gated(case: Case, softmax: Op) -> bool:
    """Whether a sigmoid of its own shape opens and closes it, as in an LSTM cell."""
    products = [op for op in taking(case, softmax) if op.name == "mul" and op.shape == softmax.shape]
    return any(other.name == "sigmoid" for op in products for other in feeding(case, op))


HIDDEN_SOFTMAX = Illness(
    code="architecture.hidden-softmax",
    name="Softmax between hidden layers",
    severity="warning",
    what="Softmax is used as the activation of a hidden layer, as if its units were classes.",
    why="Its outputs sum to 1, so that one unit can only say more where others say less, and all of them are small: "
    "the next layer sees rows that hardly differ.",
    seen="a softmax whose result goes into a layer of weights, or through a gate of a recurrent cell, where over a "
    "tenth of one answer's loss is left or ReLU in its place scores 0.05 higher (Glorot, Bordes and Bengio, Deep "
    "sparse rectifier neural networks, 2011, on hidden units; NeuraLint, Nikanjam et al. 2022: redundant softmax)",
    example="nn.Linear(30, 64), nn.Softmax(dim=1), nn.Linear(64, 10)",
    remedies=(
        Change("activation", "relu", "take ReLU in the hidden layers"),
        Change("remove", "softmax", "leave the softmax out"),
    ),
    examine=examine,
    explains=(
        *("signal.vanishing-gradient", "signal.collapsed-representation", "optimisation.plateau"),
        *(
            "generalisation.underfitting",
            "signal.constant-output",
            "optimisation.rate-too-low",
            "signal.saturated-units",
        ),
    ),
)
