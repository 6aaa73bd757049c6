"""Too deep without skips: more layers than an error finds its way back through."""

from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.layers import at_end
from netwright.diagnosis.outcome import troubled
from netwright.diagnosis.pictures import bars
from netwright.diagnosis.structure import depth, inside

BARE = 8  # layers without skips or normalisation
NORMALISED = 20
SHARE = 0.25  # skips a layer


def examine(case: Case) -> Sign | None:
    layers, ops = depth(case), inside(case)
    skips = sum(op.kind == "add" for op in ops)
    most = NORMALISED if any(op.kind == "normalization" for op in ops) else BARE
    if layers < most or skips >= SHARE * layers or not troubled(case):
        return None
    evidence = f"{layers} layers of weights behind each other and {skips} skips"
    sketch = bars("How far the error comes back", "L2 of dL/dz", at_end(case, "delta_norm"), log=True)
    return Sign(min(1.0, 0.4 + layers / 50.0), evidence, {"layers": float(layers), "skips": float(skips)}, sketch)


TOO_DEEP_WITHOUT_SKIPS = Illness(
    code="architecture.too-deep-without-skips",
    name="Too deep without skips",
    severity="warning",
    what="Many layers follow each other, and nothing leads past any of them.",
    why="Each layer changes the error that passes it; over many layers what is left is noise, and more layers learn "
    "less.",
    seen="at least 8 layers behind each other (20 with normalisation) and less than one skip to 4 layers, where "
    "little was learnt (He et al., Deep residual learning for image recognition, 2016: 56 plain layers are worse than "
    "20)",
    example="twelve linear layers with tanh between them",
    remedies=(
        Change("residual", True, "lead skips around hidden layers of equal width"),
        Change("normalization", "layer", "normalise before each activation"),
        Change("initialization", "kaiming", "start from Kaiming's weights"),
    ),
    examine=examine,
    explains=(
        *("signal.vanishing-gradient", "signal.exploding-gradient", "signal.collapsed-representation"),
        *("signal.rank-loss", "optimisation.plateau", "generalisation.underfitting", "signal.constant-output"),
        "architecture.normalization-missing",
    ),
)
