"""Values that are no numbers in the rows: one of them is enough."""

from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.pictures import bars


def examine(case: Case) -> Sign | None:
    bad = case.rows.not_finite
    if not bad and (case.lost is None or case.lost.what != "input"):
        return None
    evidence = f"{bad} values of {case.rows.seen} rows are NaN or infinite" if bad else "an input is NaN or infinite"
    sketch = bars("Values of the inputs", "count", {"not finite": float(bad), "rows seen": float(case.rows.seen)})
    return Sign(1.0, evidence, {"values": float(bad)}, sketch, case.lost.where if case.lost else "")


NOT_FINITE = Illness(
    code="data.not-finite",
    name="Inputs that are no numbers",
    severity="error",
    what="Some values of the rows are NaN or infinite.",
    why="One NaN makes every sum that it enters NaN: the loss, all gradients, and after one step all weights.",
    seen="at least one value of the inputs that is not finite (TheDeepChecker, Ben Braiek and Khomh 2022; IEEE 754, "
    "2019)",
    example="an empty cell of a table, or a logarithm of 0",
    remedies=(
        Change("fill", True, "fill the empty cells with their column's median"),
        Change("data", True, "leave the rows with empty cells out"),
    ),
    examine=examine,
    explains=(
        *("mechanics.not-finite-source", "optimisation.divergence", "optimisation.rate-too-high"),
        *("optimisation.plateau", "generalisation.underfitting", "signal.dead-units"),
    ),
)
