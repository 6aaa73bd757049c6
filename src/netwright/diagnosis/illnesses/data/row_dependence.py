"""Rows that depend on each other: a row's answer changes with the other rows of its batch."""

from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.pictures import bars

MOST = 1e-3


def examine(case: Case) -> Sign | None:
    change = case.rows.row_dependence
    if change is None or change <= MOST:
        return None
    evidence = f"in evaluation a row's answer changes by {change:.2g} when the other rows of its batch are others"
    sketch = bars("Change of a row's answer", "share of its size", {"seen": change}, (("at most", MOST),), log=True)
    return Sign(min(1.0, 0.7 + change), evidence, {"change": change}, sketch)


ROW_DEPENDENCE = Illness(
    code="data.row-dependence",
    name="Rows that look at each other",
    severity="error",
    what="In evaluation, what the network answers for a row depends on which rows stand beside it.",
    why="The same row gets other answers in another batch: an axis of rows was mixed up with an axis of features, or "
    "a batch's statistics are still in use.",
    seen="a row's output changes by more than 0.001 of itself when the other rows of the batch are replaced, in "
    "evaluation mode (Karpathy, A recipe for training neural networks, 2019: use backprop to chart dependencies)",
    example="x.view(features, rows) where x.T was meant; softmax(dim=0)",
    remedies=(Change("data", True, "permute axes instead of reshaping them, and take softmax over the last axis"),),
    examine=examine,
    explains=("generalisation.underfitting", "optimisation.plateau", "generalisation.overfitting"),
)
