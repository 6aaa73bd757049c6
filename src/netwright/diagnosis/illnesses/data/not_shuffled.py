"""Not shuffled: rows come sorted by class, and each batch knows only one."""

from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.pictures import bars

TIMES = 1.6  # what chance gives
SURE = 0.9  # share of a batch's neighbours of one class


def examine(case: Case) -> Sign | None:
    order, shares = case.rows.order, case.objective.shares
    chance = sum(share * share for share in shares)
    if order is None or not 0.0 < chance < 0.8 or (case.optimizing.batch_size or 0) < 4:
        return None
    alike = order * chance
    if order < TIMES or alike < SURE:
        return None
    evidence = f"{min(1.0, alike):.0%} of the neighbours in a batch are of one class, {chance:.0%} by chance"
    sketch = bars("Neighbours of one class", "share", {"seen": min(1.0, alike), "by chance": chance})
    return Sign(min(1.0, alike), evidence, {"seen": min(1.0, alike), "by chance": chance}, sketch)


NOT_SHUFFLED = Illness(
    code="data.not-shuffled",
    name="Rows come sorted by class",
    severity="warning",
    what="The rows are read in the order of their classes: a batch holds one class only.",
    why="Each step pulls the whole network to the class of its batch, and undoes what the last class taught.",
    seen="at least 90% of the neighbours in a batch have the same class, 1.6 times what chance gives (Bengio, "
    "Practical recommendations for gradient-based training of deep architectures, 2012: shuffle)",
    example="a file of 5000 cats and then 5000 dogs, and shuffle=False",
    remedies=(Change("shuffle", True, "read the rows in a new order each epoch"),),
    examine=examine,
    explains=(
        *("optimisation.oscillation", "optimisation.plateau", "generalisation.underfitting", "optimisation.divergence"),
        *("signal.constant-output", "optimisation.batch-too-small", "data.drift", "optimisation.rate-too-high"),
        *("optimisation.optimizer-choice", "signal.collapsed-representation", "signal.rank-loss"),
    ),
)
