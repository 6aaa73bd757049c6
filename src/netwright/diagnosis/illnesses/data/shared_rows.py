"""Shared rows: validation asks what training has already seen."""

from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.pictures import bars

MOST = 0.1
TIMES = 3.0  # of the share that repeats within training: rows of few values repeat by chance
ROWS = 50


def examine(case: Case) -> Sign | None:
    rows = case.rows
    repeated = max(rows.duplicates, rows.conflicting)
    if rows.shared_rows <= max(MOST, min(0.95, TIMES * repeated)) or rows.seen < ROWS:
        return None
    evidence = f"{rows.shared_rows:.0%} of the validation rows are also training rows"
    heights = {"in both": rows.shared_rows, "repeated in training": repeated}
    sketch = bars("Rows that are seen twice", "share", heights, (("shared above", MOST),))
    return Sign(rows.shared_rows, evidence, {"share": rows.shared_rows}, sketch)


SHARED_ROWS = Illness(
    code="data.shared-rows",
    name="The same rows in training and validation",
    severity="warning",
    what="Rows of the validation set are also in the training set.",
    why="For these validation measures memory: the network looks better than it is, and overfitting stays hidden.",
    seen="more than 10% of the validation rows are training rows, and three times the share that repeats within "
    "training; at least 50 rows, and not where all training rows are evaluated, on purpose (Barz and Denzler, Do we "
    "train on test data?, 2020; deepchecks: train-test duplicates)",
    example="rows were repeated to balance the classes, and split afterwards",
    remedies=(Change("split", True, "keep the rows of training and validation apart"),),
    examine=examine,
    explains=("data.leak",),
)
