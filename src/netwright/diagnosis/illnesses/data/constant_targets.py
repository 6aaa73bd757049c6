"""Constant targets: every row asks for the same answer."""

from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.pictures import bars

ROWS = 20


def examine(case: Case) -> Sign | None:
    answer = case.objective
    one_class = len(answer.shares) > 1 and sum(share > 0.0 for share in answer.shares) == 1
    still = answer.task == "values" and answer.target_deviation == 0.0 and answer.target_low == answer.target_high
    if case.rows.seen < ROWS or not (one_class or still):
        return None
    value = answer.target_mean if still else max(range(len(answer.shares)), key=lambda number: answer.shares[number])
    evidence = f"all {case.rows.seen} rows seen have the target {value}"
    sketch = bars("Share of each class", "share", {str(number): share for number, share in enumerate(answer.shares)})
    return Sign(1.0, evidence, {"rows": float(case.rows.seen)}, sketch, answer.where)


CONSTANT_TARGETS = Illness(
    code="data.constant-targets",
    name="Targets that do not vary",
    severity="error",
    what="All rows have the same target.",
    why="The best network answers that number whatever it is shown: it looks perfect and has learnt nothing.",
    seen="one class, or one value, among the targets of at least 20 rows (TheDeepChecker, Ben Braiek and Khomh 2022: "
    "diversity of labels)",
    example="rows sorted by class, of which the last 20% were taken for validation",
    remedies=(
        Change("data", True, "look at how the targets are read"),
        Change("shuffle", True, "shuffle the rows before they are split"),
    ),
    examine=examine,
    explains=("signal.constant-output", "data.imbalance", "optimisation.plateau", "signal.rank-loss"),
)
