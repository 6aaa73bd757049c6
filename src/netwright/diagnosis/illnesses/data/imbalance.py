"""Imbalance that is given in to: the network always answers the frequent class."""

import statistics

from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.outcome import barely_learnt, final_loss
from netwright.diagnosis.pictures import bars

MOST = 0.8  # share of the largest class
NEAR = 0.02  # accuracy, from that share
BELOW = 0.2  # accuracy on validation rows, under that share
TIMES = 4.0  # one answer's loss, and
HIGH = 0.7  # above either of which the training rows are not answered
LAST = 20


def examine(case: Case) -> Sign | None:
    return _given_in(case) or _unlike(case)


def _unlike(case: Case) -> Sign | None:
    """On validation rows, whose classes have other shares, far fewer answers are right than it promises."""
    largest = max(case.objective.shares, default=0.0)
    final, constant = final_loss(case), case.objective.constant_loss
    known = [epoch.validation_metric for epoch in case.epochs if epoch.validation_metric is not None]
    if not MOST < largest < 1.0 or final is None or constant is None or not known or case.rows.seen < 50:
        return None
    reached = statistics.fmean(known[-3:])
    if reached > largest - BELOW or final > min(TIMES * constant, HIGH):
        return None
    evidence = (
        f"{largest:.0%} of the training rows are of one class; of validation rows, which are mixed otherwise, "
        f"{reached:.0%} are answered rightly"
    )
    heights = {str(number): share for number, share in enumerate(case.objective.shares)}
    sketch = bars("Share of each class", "share", heights)
    return Sign(largest, evidence, {"largest share": largest, "validation": reached}, sketch)


def _given_in(case: Case) -> Sign | None:
    """The network is no better than the one answer, and gives it."""
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
    seen="a class with more than 80% of the rows, an accuracy within 0.02 of that share, and a loss of one answer's; "
    "or a validation accuracy 0.2 below that share with a training loss below 4 times one answer's and 0.7 (He and "
    "Garcia, Learning from imbalanced data, 2009); imbalance by itself is no illness",
    example="one fraud among a hundred payments",
    remedies=(
        Change("class_weights", "balanced", "weigh each class by the inverse of its share"),
        Change("epochs", 4.0, "train four times as long"),
        Change("learning_rate", 10.0, "multiply the learning rate by 10"),
    ),
    examine=examine,
    explains=(
        *("signal.constant-output", "optimisation.plateau", "generalisation.underfitting"),
        *("generalisation.overfitting", "generalisation.stopped-too-late", "data.drift", "data.shuffled-targets"),
    ),
)
