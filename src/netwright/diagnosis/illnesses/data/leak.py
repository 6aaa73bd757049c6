"""Leak: a feature that knows the answer."""

from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.pictures import bars

SURE = 0.97
FEATURES = 3  # with fewer, one that says all is what the rows are made of


def examine(case: Case) -> Sign | None:
    rows = case.rows
    if not rows.leak or rows.leak_strength < SURE or 0 < rows.features < FEATURES:
        return None
    evidence = f"{rows.leak} alone says {rows.leak_strength:.1%} of the target"
    sketch = bars(
        "What one feature says of the target", "share", {rows.leak: rows.leak_strength}, (("leak above", SURE),)
    )
    change = Change("drop_column", rows.leak, f"do not read {rows.leak}")
    return Sign(rows.leak_strength, evidence, {"strength": rows.leak_strength}, sketch, rows.leak, (change,))


LEAK = Illness(
    code="data.leak",
    name="A feature that gives the target away",
    severity="warning",
    what="One feature alone says the target almost exactly, as only something made from the target does.",
    why="The network leans on it, looks perfect, and fails where the feature is not known yet.",
    seen="one of at least 3 features says more than 97% of the target by itself, and no other says 90% "
    "(Kaufman, Rosset and Perlich, Leakage in data mining, 2012; deepchecks: predictive power of one feature)",
    example="the column 'date of cancellation' when asking who will cancel",
    remedies=(Change("drop_column", "auto", "do not read the feature"),),
    examine=examine,
)
