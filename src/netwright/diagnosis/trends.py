"""How the loss moved: in parts of the training, beyond its noise."""

import math
import statistics

from netwright.diagnosis.case import Case

PARTS = 5


def losses(case: Case) -> list[float]:
    """Return the finite losses of the watched steps."""
    return [step.loss for step in case.steps if math.isfinite(step.loss)]


def parts(case: Case, count: int = PARTS) -> list[list[float]]:
    """Return the losses in `count` parts of equal length, in order; empty where a part has fewer than two steps."""
    known = losses(case)
    size = len(known) // count
    return [] if size < 2 else [known[-(count - part) * size :][:size] for part in range(count)]


def levels(case: Case, count: int = PARTS) -> list[float]:
    """Return the mean loss of each part."""
    return [statistics.fmean(part) for part in parts(case, count)]


def late_fall(case: Case) -> float:
    """Return by which share of it the loss fell from the last part but one to the last; 0 within two standard errors.

    Below 0 it rose.
    """
    found = parts(case)
    if not found:
        return 0.0
    before, after = found[-2], found[-1]
    fall = statistics.fmean(before) - statistics.fmean(after)
    error = math.sqrt(statistics.variance(before) / len(before) + statistics.variance(after) / len(after))
    return fall / max(abs(statistics.fmean(before)), 1e-12) if abs(fall) > 2.0 * error else 0.0


def noise(case: Case) -> float:
    """Return the deviation of the loss within the last part, over its mean."""
    last = parts(case)[-1:] or [[0.0, 0.0]]
    return statistics.pstdev(last[0]) / max(abs(statistics.fmean(last[0])), 1e-12)


def epoch_losses(case: Case) -> list[float]:
    """Return the training loss of each epoch: as handed in, or the mean over its watched steps."""
    if len(case.epochs) > 1:
        return [epoch.train_loss for epoch in case.epochs if math.isfinite(epoch.train_loss)]
    groups: dict[int, list[float]] = {}
    for step in case.steps:
        if math.isfinite(step.loss):
            groups.setdefault(step.epoch, []).append(step.loss)
    return [statistics.fmean(group) for _, group in sorted(groups.items())]


def validation_losses(case: Case) -> list[float]:
    """Return the validation loss after each epoch that has one."""
    known = [epoch.validation_loss for epoch in case.epochs if epoch.validation_loss is not None]
    return [loss for loss in known if math.isfinite(loss)]
