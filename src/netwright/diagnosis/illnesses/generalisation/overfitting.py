"""Overfitting: training rows are learnt by heart while other rows get worse."""

from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.outcome import learnt
from netwright.diagnosis.pictures import validation_picture
from netwright.diagnosis.trends import validation_losses

RISE = 0.2  # of what validation had gained
LONG = 3  # epochs after the best
METRIC = 0.03  # that the metric lost since its best
ALL, WRONG, MORE = 0.95, 0.2, 0.2  # of one answer's loss, gone in training; validation rows; rise of their loss


def examine(case: Case) -> Sign | None:
    losses, constant = validation_losses(case), case.objective.constant_loss
    if len(losses) < LONG + 2 or case.optimizing.patience is not None:
        return None
    best = min(range(len(losses)), key=lambda number: losses[number])
    gained = max(constant or 0.0, losses[0]) - losses[best]
    last = sorted(losses[-LONG:])[LONG // 2]
    training = [epoch.train_loss for epoch in case.epochs if epoch.validation_loss is not None]
    if len(losses) - 1 - best < LONG or last - losses[best] < RISE * max(gained, 0.05 * abs(losses[best]), 1e-9):
        return None
    if training[-1] >= training[best] or last < 1.1 * training[-1]:
        return None
    evidence = (
        f"validation loss was least, {losses[best]:.4g}, after epoch {case.epochs[best].epoch} and ends at {last:.4g}; "
        f"training loss went on from {training[best]:.4g} to {training[-1]:.4g}"
    )
    numbers = {"least": losses[best], "last": last, "training": training[-1]}
    rise = (last - losses[best]) / max(gained, 1e-9)
    return Sign(
        min(1.0, rise),
        evidence,
        numbers,
        validation_picture(case),
        hurts=_metric_fell(case) or _by_heart(case, last / losses[best]),
    )


def _metric_fell(case: Case) -> bool:
    """Whether the metric got worse too; a loss that grows over ever more certain answers alone does no harm."""
    if case.objective.task == "values":
        return True  # the loss is what counts
    known = [epoch.validation_metric for epoch in case.epochs if epoch.validation_metric is not None]
    if len(known) < LONG + 2:
        return True
    best, last = max(known), sorted(known[-LONG:])[LONG // 2]
    return best - last > METRIC * max(1.0, abs(best))


def _by_heart(case: Case, rise: float) -> bool:
    """Whether training rows are known to the last, many others are wrong, and the loss of those rose by a fifth."""
    known = [epoch.validation_metric for epoch in case.epochs if epoch.validation_metric is not None]
    classes = case.objective.task in ("classes", "binary") and bool(known)
    return classes and rise > 1.0 + MORE and (learnt(case) or 0.0) > ALL and 1.0 - known[-1] > WRONG


OVERFITTING = Illness(
    code="generalisation.overfitting",
    name="Overfitting",
    severity="warning",
    what="The network goes on learning its training rows by heart while it gets worse on others.",
    why="The last weights are worse than those of some epochs ago: what was learnt since is chance.",
    seen="the validation loss rose by more than 20% of what it had gained, over at least 3 epochs after its least, "
    "while the training loss fell, the metric got worse by 0.03 (or 95% of one "
    "answer's loss is gone in training, and 20% of the other rows are wrong, whose loss rose by 20%) "
    "and nothing stops early (Prechelt, Early stopping - "
    "but when?, 1998; SageMaker Debugger's Overfit: 10%)",
    example="a wide network, 200 rows, 500 epochs",
    remedies=(
        Change("patience", 10, "stop when validation gets no better, and keep the best weights"),
        Change("dropout", 0.3, "silence 30% of the hidden units"),
        Change("weight_decay", 10.0, "multiply the weight decay by 10"),
        Change("width", 0.5, "make the hidden layers half as wide"),
    ),
    examine=examine,
    explains=("generalisation.stopped-too-late",),
)
