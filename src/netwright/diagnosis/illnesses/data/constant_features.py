"""Constant features: columns with one value for every row."""

from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.pictures import bars

MOST = 0.9  # of the features
ROWS = 8


def examine(case: Case) -> Sign | None:
    rows = case.rows
    seen = max(rows.seen, case.optimizing.rows or 0)  # rows that are all one row are seen as one
    if seen < ROWS or not rows.features or rows.constant <= MOST * rows.features:
        return None
    evidence = f"{rows.constant} of {rows.features} features have one value in all {seen} rows"
    sketch = bars(
        "Features", "count", {"varying": float(rows.features - rows.constant), "constant": float(rows.constant)}
    )
    share = rows.constant / rows.features
    return Sign(share, evidence, {"share": share}, sketch, hurts=rows.constant == rows.features)


CONSTANT_FEATURES = Illness(
    code="data.constant-features",
    name="Inputs that do not vary",
    severity="error",
    what="The rows hold the same value in nearly all features, or are all the same row.",
    why="What does not vary says nothing about the target.",
    seen="more than 90% of the features with one value over at least 8 rows; an error where all have (TheDeepChecker, "
    "Ben Braiek and Khomh 2022)",
    example="integer division of pixels by 255: all of them are 0",
    remedies=(Change("data", True, "look at how the rows are read and scaled"),),
    examine=examine,
    explains=(
        *("optimisation.plateau", "signal.constant-output", "signal.collapsed-representation", "signal.rank-loss"),
        *("generalisation.underfitting", "data.conflicting-labels", "data.shuffled-targets", "signal.dead-units"),
        *("optimisation.rate-too-low", "optimisation.optimizer-choice", "architecture.capacity-too-small"),
        *("data.same-batch", "signal.vanishing-gradient", "optimisation.too-few-steps", "data.shared-rows"),
    ),
)
