"""Batch too large: so few steps in an epoch that there is no time to learn."""

from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.outcome import best_of, gain, helps, learnt
from netwright.diagnosis.pictures import loss_picture, trial_picture
from netwright.diagnosis.trends import late_fall

FEW = 3.0  # steps an epoch
SHORT = 200  # steps in all
ROWS = 256


def examine(case: Case) -> Sign | None:
    how = case.optimizing
    size = how.batch_size or 0
    an_epoch = how.steps_per_epoch or (how.rows / size if how.rows and size else None)
    if size < ROWS / 2 or an_epoch is None:
        return None
    more = gain(case, "batch_size x 0.1")
    numbers = {"batch": float(size), "steps an epoch": float(an_epoch)}
    said = f"batches of {size} rows are {an_epoch:.3g} steps an epoch, {how.steps} in all"
    if more is not None:
        rate = best_of(case, "learning_rate", above=True)
        worth = helps(case, "batch_size x 0.1") and (rate is None or rate[1] < more + 0.05)
        evidence = f"{said}; with a tenth of the rows a short training scores {more:.2g} higher"
        sketch = trial_picture(case, "batch_size x 0.1")
        return Sign(min(1.0, 0.5 + more), evidence, {**numbers, "gain": more}, sketch) if worth else None
    falls = late_fall(case) > 0.01 or how.steps < 30
    slow = an_epoch <= FEW and how.steps < SHORT and (learnt(case) or 0.0) < 0.3 and falls
    return Sign(0.5, f"{said}, and little is learnt", numbers, loss_picture(case)) if slow else None


BATCH_TOO_LARGE = Illness(
    code="optimisation.batch-too-large",
    name="Batch too large",
    severity="warning",
    what="So many rows go into one step that an epoch has only a few steps.",
    why="Beyond some size a larger batch makes a step hardly better, and there are fewer of them.",
    seen="a short training with a tenth of the batch over as many epochs scores 0.05 higher; without that trial: at "
    "most 3 steps an epoch and 200 in all, with a loss that still falls and 70% of one answer's left (McCandlish et "
    "al., An empirical model of large-batch training, 2018)",
    example="the whole table as one batch, for 20 epochs",
    remedies=(
        Change("batch_size", 0.1, "take batches a tenth as large"),
        Change("epochs", 4.0, "train four times as long"),
        Change("learning_rate", 10.0, "multiply the learning rate by 10"),
    ),
    examine=examine,
    explains=("optimisation.too-few-steps", "generalisation.underfitting"),
)
