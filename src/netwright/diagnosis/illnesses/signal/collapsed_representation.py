"""Collapsed representation: a hidden layer says the same of every row."""

from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.layers import at_end
from netwright.diagnosis.outcome import troubled
from netwright.diagnosis.pictures import bars

LEAST = 0.01  # deviation over rows over deviation over all


def examine(case: Case) -> Sign | None:
    spreads = at_end(case, "row_spread")
    inner = dict(list(spreads.items())[:-1])
    worst = min(inner, key=lambda name: inner[name], default="")
    if not worst or inner[worst] >= LEAST or not troubled(case):
        return None
    evidence = f"rows make up {inner[worst]:.1e} of the spread of {worst}: it says nearly the same of every row"
    sketch = bars("How much rows differ", "spread over rows", spreads, (("collapsed below", LEAST),), log=True)
    return Sign(1.0 - inner[worst] / LEAST, evidence, {"row spread": inner[worst]}, sketch, worst)


COLLAPSED_REPRESENTATION = Illness(
    code="signal.collapsed-representation",
    name="Collapsed representation",
    severity="warning",
    what="A hidden layer gives nearly the same numbers for every row.",
    why="What one layer does not pass on, no later layer can bring back: the network can only give one answer.",
    seen="deviation over rows over deviation over rows and units below 0.01 in a hidden layer, median of the last 5 "
    "watched steps, where little was learnt (Daneshmand et al., Batch normalization provably avoids rank collapse "
    "for randomly initialised deep networks, 2020)",
    example="tiny weights and constant biases: the bias is all that later layers see",
    remedies=(
        Change("normalization", "batch", "normalise before each activation, which keeps rows apart"),
        Change("initialization", "kaiming", "start from Kaiming's weights with biases of 0"),
        Change("residual", True, "let rows pass by skips around the layers"),
    ),
    examine=examine,
    explains=("signal.rank-loss", "signal.constant-output", "optimisation.plateau", "generalisation.underfitting"),
)
