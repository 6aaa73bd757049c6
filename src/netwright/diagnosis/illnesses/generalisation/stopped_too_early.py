"""Stopped too early: patience ran out while validation was only noisy."""

from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.outcome import helps, learnt
from netwright.diagnosis.pictures import validation_picture
from netwright.diagnosis.trends import validation_losses

PATIENCE = 2  # epochs
SHORT = 15


def examine(case: Case) -> Sign | None:
    how, losses = case.optimizing, validation_losses(case)
    stopped = how.patience is not None and "early" in how.stopped_because
    if not stopped or (how.patience or 0) > PATIENCE or not 2 <= len(losses) <= SHORT:
        return None
    training = [epoch.train_loss for epoch in case.epochs]
    falling = training[-1] < 0.98 * training[-2]
    if not falling or not (helps(case, "epochs x 4") or (not case.trials and (learnt(case) or 1.0) < 0.3)):
        return None
    evidence = f"training stopped after {len(losses)} epochs, {how.patience} after the best, while its loss still fell"
    return Sign(0.7, evidence, {"epochs": float(len(losses))}, validation_picture(case))


STOPPED_TOO_EARLY = Illness(
    code="generalisation.stopped-too-early",
    name="Stopped too early",
    severity="warning",
    what="Early stopping ended the training at the first epochs that were no better.",
    why="Validation losses go up and down by chance; a patience of one or two epochs takes chance for the end.",
    seen="a patience of at most 2 ended the training within 15 epochs while the training loss fell by more than 2% an "
    "epoch, and more epochs score 0.05 higher; without that trial: 70% of one answer's loss is left (Prechelt, Early "
    "stopping - but when?, 1998)",
    example="patience=1 on a validation set of 50 rows",
    remedies=(
        Change("patience", 10, "wait for 10 epochs"),
        Change("epochs", 4.0, "train four times as long"),
    ),
    examine=examine,
    explains=("optimisation.too-few-steps", "generalisation.underfitting"),
)
