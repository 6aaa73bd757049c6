"""Conflicting labels: the same row with different targets, or labels that look wrong."""

from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.outcome import barely_learnt, best_trial
from netwright.diagnosis.pictures import bars

MOST = 0.2  # of the rows
ROWS = 20
WRONG = 0.3  # of the labels, by what their neighbours carry


def examine(case: Case) -> Sign | None:
    conflicting, noise = case.rows.conflicting, case.rows.noise or 0.0
    if noise > WRONG:
        return _sign(conflicting, noise)
    best, own = best_trial(case), case.trial("as it is")
    could = best is not None and own is not None and (best.score or 0.0) > (own.score or 0.0) + 0.05
    if case.rows.seen < ROWS or max(conflicting, noise) <= MOST or not barely_learnt(case) or could:
        return None
    return _sign(conflicting, noise)


def _sign(conflicting: float, noise: float) -> Sign:
    parts = {"same row, another target": conflicting, "labels that look wrong": noise}
    evidence = "; ".join(f"{name}: {share:.0%} of the rows" for name, share in parts.items() if share > 0.0)
    sketch = bars("Rows that contradict", "share of rows", parts, (("many above", MOST),))
    return Sign(max(parts.values()), evidence, parts, sketch)


CONFLICTING_LABELS = Illness(
    code="data.conflicting-labels",
    name="Rows that contradict each other",
    severity="warning",
    what="Rows that are the same have different targets, or many labels look wrong.",
    why="No network can answer one row in two ways: what contradicts cannot be learnt, only memorised by chance.",
    seen="over 30% of the labels look wrong: the nearest rows foretell the labels of other rows much better; or over "
    "20% repeat another row with another target, next to nothing was learnt, and no other training learns more "
    "(Northcutt, Athalye and Mueller, Pervasive label errors in test sets, 2021)",
    example="the column that tells the rows apart was left out",
    remedies=(
        Change("data", True, "read the columns that tell such rows apart, or mend the labels"),
        Change("patience", 10, "stop when validation gets no better, before wrong labels are learnt by heart"),
        Change("dropout", 0.3, "silence 30% of the hidden units"),
        Change("epochs", 0.3, "train a third as long"),
    ),
    examine=examine,
    explains=(
        *("optimisation.plateau", "generalisation.underfitting", "signal.constant-output"),
        *("generalisation.overfitting", "generalisation.stopped-too-late"),
    ),
)
