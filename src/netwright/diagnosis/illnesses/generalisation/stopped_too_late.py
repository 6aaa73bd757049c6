"""Stopped too late: most epochs came after the best one."""

from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.pictures import validation_picture
from netwright.diagnosis.trends import validation_losses

EPOCHS = 10
SHARE = 0.3  # of the epochs, until the best
WORSE = 1.3  # times the least loss
RISE = 0.3  # of what validation had gained
METRIC = 0.03  # that the metric lost since the best epoch


def examine(case: Case) -> Sign | None:
    losses = validation_losses(case)
    if len(losses) < EPOCHS or case.optimizing.patience is not None or min(losses) <= 0.0:
        return None
    best = min(range(len(losses)), key=lambda number: losses[number])
    last = sorted(losses[-3:])[1]
    metrics = [epoch.validation_metric for epoch in case.epochs if epoch.validation_metric is not None]
    moved = abs(sorted(metrics[-3:])[1] - metrics[best]) if len(metrics) == len(losses) else 1.0
    steady = moved < METRIC * max(1.0, abs(metrics[best]) if metrics else 0.0)
    gained = max(case.objective.constant_loss or 0.0, losses[0]) - min(losses)
    if best + 1 > SHARE * len(losses) or last < WORSE * min(losses) or last - min(losses) < RISE * gained:
        return None
    evidence = (
        f"the best of {len(losses)} epochs was number {best + 1}; the last has {last / min(losses):.3g} times its loss"
    )
    numbers = {"best": float(best + 1), "epochs": float(len(losses)), "times": last / min(losses)}
    return Sign(0.6, evidence, numbers, validation_picture(case), hurts=not steady)


STOPPED_TOO_LATE = Illness(
    code="generalisation.stopped-too-late",
    name="Stopped too late",
    severity="warning",
    what="Training went on long after the epoch that was best on validation rows.",
    why="Time was spent on getting worse, and the weights that are kept are not the best ones.",
    seen="the least validation loss within the first 30% of at least 10 epochs, the last 1.3 times as high and up by "
    "30% of what was gained, the metric worse, and no early stopping (Prechelt, Early stopping - but when?, 1998)",
    example="500 epochs because the last project needed them",
    remedies=(
        Change("patience", 10, "stop when validation gets no better, and keep the best weights"),
        Change("epochs", 0.3, "train a third as long"),
    ),
    examine=examine,
)
