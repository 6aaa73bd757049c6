"""Missing normalisation: signals shrink or grow from layer to layer."""

from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.layers import at_start
from netwright.diagnosis.outcome import troubled
from netwright.diagnosis.pictures import bars
from netwright.diagnosis.structure import depth, inside

LAYERS = 5
FACTOR = 30.0  # between the first hidden layer's spread and the last one's


def examine(case: Case) -> Sign | None:
    spreads = {name: spread for name, spread in at_start(case, "spread").items() if spread > 0.0}
    found = list(spreads.values())
    normalised = any(op.kind == "normalization" for op in inside(case))
    if normalised or depth(case) < LAYERS or len(found) < LAYERS - 1 or not troubled(case):
        return None
    factor = found[-1] / found[0]
    if 1.0 / FACTOR < factor < FACTOR:
        return None
    evidence = (
        f"from the first hidden layer to the last the signal's spread goes from {found[0]:.2g} to {found[-1]:.2g}"
    )
    sketch = bars("Spread of the activations", "deviation", spreads, log=True)
    return Sign(0.7, evidence, {"factor": factor}, sketch)


NORMALIZATION_MISSING = Illness(
    code="architecture.normalization-missing",
    name="No normalisation where signals drift",
    severity="warning",
    what="Nothing holds the signal's scale, and over the layers it fades or swells.",
    why="Layers that see 0.001 or 1000 instead of about 1 learn at a rate that suits none of the others.",
    seen="no normalisation in at least 5 layers, and the activations' spread differs 30-fold between the first and "
    "the last hidden layer at the start, where little was learnt (Ioffe and Szegedy, Batch normalization, 2015; "
    "TheDeepChecker, Ben Braiek and Khomh 2022: deviations within 0.5 and 2)",
    example="ten ReLU layers from weights of N(0, 0.01)",
    remedies=(
        Change("normalization", "batch", "normalise before each activation"),
        Change("initialization", "kaiming", "start from Kaiming's weights, which keep the scale"),
    ),
    examine=examine,
    explains=(
        *("signal.vanishing-gradient", "signal.exploding-gradient", "signal.collapsed-representation"),
        *("optimisation.plateau", "generalisation.underfitting", "signal.saturated-units"),
    ),
)
