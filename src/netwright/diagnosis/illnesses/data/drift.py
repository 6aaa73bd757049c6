"""Drift: validation rows come from somewhere else than training rows."""

from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.pictures import bars, validation_picture
from netwright.diagnosis.trends import validation_losses

MOST = 0.9  # AUC of telling them apart: chance, and rows that training noises or crops, stay below
GAP = 1.3  # times the training loss


def examine(case: Case) -> Sign | None:
    told, losses = case.rows.drift, validation_losses(case)
    if told is None or told <= MOST:
        return None
    training = min((epoch.train_loss for epoch in case.epochs), default=None)
    worse = bool(losses) and training is not None and min(losses) > GAP * training
    if losses and not worse:
        return None
    evidence = f"training and validation rows can be told apart with an AUC of {told:.2f}; 0.5 is chance"
    sketch = validation_picture(case) if losses else bars("Told apart", "AUC", {"rows": told}, (("drift above", MOST),))
    return Sign(min(1.0, 2.0 * (told - 0.5)), evidence, {"auc": told}, sketch, hurts=worse)


DRIFT = Illness(
    code="data.drift",
    name="Validation rows differ from training rows",
    severity="warning",
    what="The rows that the network is tried on are not of the kind that it learnt from.",
    why="What it learnt need not hold for them, and what validation says need not hold for training.",
    seen="a classifier tells training from validation rows with an AUC above 0.9, and the least validation loss is "
    "above 1.3 times the least training loss (Lopez-Paz and Oquab, Revisiting classifier two-sample tests, 2017; "
    "Rabanser, Guennemann and Lipton, Failing loudly, 2019)",
    example="the table is sorted by date, or by class, and the last 20% are taken for validation",
    remedies=(
        Change("match", True, "put both through one preprocessing: validation rows at the scale of training rows"),
        Change("mix", True, "draw training and validation rows from all rows"),
        Change("shuffle", True, "shuffle the rows before they are split"),
        Change("split", True, "draw validation rows at random from all rows"),
    ),
    examine=examine,
    explains=("generalisation.overfitting", "data.shuffled-targets", "generalisation.stopped-too-late"),
)
