"""Imbalance that is given in to: the network always answers the frequent class."""

import statistics

from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.outcome import barely_learnt
from netwright.diagnosis.pictures import bars

MOST = 0.8  # share of the largest class
NEAR = 0.02  # accuracy, from that share
LAST = 20


def examine(case: Case) -> Sign | None:
    shares = case.objective.shares
    scores = [step.accuracy for step in case.steps if step.accuracy is not None][-LAST:]
    largest = max(shares, default=0.0)
    if largest <= MOST or not scores or not barely_learnt(case) or case.rows.seen < 50 or largest >= 1.0:
        return None
    reached = statistics.fmean(scores)
    if abs(reached - largest) > NEAR:
        return None
    evidence = f"{largest:.0%} of the rows are of one class, and {reached:.0%} is what always naming it would get right"
    sketch = bars("Share of each class", "share", {str(number): share for number, share in enumerate(shares)})
    return Sign(largest, evidence, {"largest share": largest, "accuracy": reached}, sketch)


IMBALANCE = Illness(
    code="data.imbalance",
    name="Only the frequent class is answered",
    severity="warning",
    what="One class makes up most of the rows, and the network names it whatever it is shown.",
    why="Its accuracy looks high and says nothing: the rare class, often the one that matters, is never found.",
    seen="a class with more than 80% of the rows, an accuracy within 0.02 of that share, and a loss of one answer's "
    "(He and Garcia, Learning from imbalanced data, 2009); imbalance by itself is no illness",
    example="one fraud among a hundred payments",
    remedies=(
        Change("class_weights", "balanced", "weigh each class by the inverse of its share"),
        Change("epochs", 4.0, "train four times as long"),
        Change("learning_rate", 10.0, "multiply the learning rate by 10"),
    ),
    examine=examine,
    explains=("signal.constant-output", "optimisation.plateau", "generalisation.underfitting"),
)
