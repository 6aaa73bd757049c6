"""Missing non-linearity: layers with nothing between them that bends are one layer."""

from netwright.core.findings import Sketch
from netwright.diagnosis.case import Case, Op
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.outcome import helps, learnt, refuted, troubled
from netwright.diagnosis.pictures import loss_picture, trial_picture
from netwright.diagnosis.structure import back, bends, gives_back, hidden, inside, named

FEW = 3
WELL = 0.9  # share of one answer's loss that a linear model took away: the rows ask for no more


def examine(case: Case) -> Sign | None:
    return _all_linear(case) if _is_linear(case) else _bare_pair(case)


def _is_linear(case: Case) -> bool:
    mixing = [op for op in inside(case) if op.kind in ("linear", "convolution")]
    return len(mixing) > 1 and len(mixing) == len(case.network.weights) and not any(map(bends, hidden(case)))


def _all_linear(case: Case) -> Sign | None:
    count = len(case.network.weights)
    if gives_back(case):  # a linear autoencoder is meant to be linear
        return None
    tried = any(case.trial(name) for name in ("relu", "reference"))
    bad = troubled(case) or helps(case, "relu") or helps(case, "reference")
    hurts = bad if tried else bad or (learnt(case) or 0.0) < WELL
    evidence = f"{count} layers of weights with no activation between any of them: together they are one linear layer"
    changes = (Change("activation", "relu", "put ReLU between the layers"),)
    strength = 1.0 if bad else 0.7
    return Sign(strength, evidence, {"layers": float(count)}, _sketch(case), _where(case), changes, hurts)


def _bare_pair(case: Case) -> Sign | None:
    pairs = [(first, op) for op in case.network.weights if op.kind == "linear" for first in back(case, op)]
    bare = [(first, op) for first, op in pairs if first.kind in ("linear", "convolution") and not _factor(first, op)]
    proven = helps(case, "relu")
    if not bare or not (proven or (troubled(case) and not refuted(case, "relu"))):
        return None
    first, second = bare[0]
    evidence = f"no activation stands between {named(first)} and {named(second)}: the two are one linear layer"
    return Sign(0.9 if proven else 0.6, evidence, {"pairs": float(len(bare))}, _sketch(case), named(first))


def _factor(first: Op, second: Op) -> bool:
    """Whether the pair is narrower in its middle than at both ends: one large matrix written as two, on purpose."""
    shapes = (first.input_shapes, first.shape, second.shape)
    if not all(shapes):
        return False
    taken = first.input_shapes[0][-1]
    return (
        first.shape[-1] < min(taken, second.shape[-1]) or taken < FEW
    )  # of so few numbers the bottleneck is the fault


def _where(case: Case) -> str:
    return ", ".join(named(op) for op in case.network.weights[:-1])


def _sketch(case: Case) -> Sketch:
    return trial_picture(case, "relu", "reference") or loss_picture(case)


MISSING_NONLINEARITY = Illness(
    code="architecture.missing-nonlinearity",
    name="No activation between layers",
    severity="error",
    what="Layers of weights follow each other directly, or with nothing between them but dropout or a batch norm.",
    why="W2 (W1 x) = (W2 W1) x: however many such layers there are, the network can draw one straight line.",
    seen="no operation that bends before the last layer of weights, with over a tenth of one answer's loss left; or "
    "two layers without one between them in a network that learnt little and does better with ReLU. Not where the "
    "middle is the narrowest (a factorised layer), in attention, or where outputs are shaped like inputs (NeuraLint, "
    "Nikanjam et al., Automatic fault detection for deep learning programs using graph transformations, 2022)",
    example="nn.Sequential(nn.Linear(784, 30), nn.Linear(30, 10))",
    remedies=(
        Change("activation", "relu", "put ReLU between the layers"),
        Change("activation", "tanh", "put tanh between them"),
    ),
    examine=examine,
    explains=("optimisation.plateau", "generalisation.underfitting", "architecture.capacity-too-small"),
)
