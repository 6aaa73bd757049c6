"""Batch too small: a step follows the noise of one or two rows."""

from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.outcome import helps, troubled
from netwright.diagnosis.pictures import loss_picture, trial_picture
from netwright.diagnosis.trends import late_fall, noise

MOST = 4  # rows
ROWS = 32  # that a data set has at least
NOISY = 0.5  # deviation of the loss over its mean


def examine(case: Case) -> Sign | None:
    how = case.optimizing
    if not how.batch_size or how.batch_size > MOST or (how.rows or 0) < ROWS or not troubled(case):
        return None
    swings, helped = noise(case), [name for name in ("batch_size x 10", "learning_rate x 0.1") if helps(case, name)]
    if not helped and (case.trials or swings < NOISY or late_fall(case) > 0.0):
        return None
    evidence = f"with {how.batch_size} rows a step the loss swings by {swings:.0%} of its mean at the end"
    evidence += f"; a short training with {helped[0]} scores higher" if helped else ""
    numbers = {"batch": float(how.batch_size), "noise": swings}
    return Sign(0.6, evidence, numbers, trial_picture(case, *helped) or loss_picture(case))


BATCH_TOO_SMALL = Illness(
    code="optimisation.batch-too-small",
    name="Batch too small",
    severity="warning",
    what="A step is taken from so few rows that it follows their noise.",
    why="Its direction is mostly chance; at a rate for larger batches the noise undoes what was learnt.",
    seen="at most 4 rows a step of at least 32, where little was learnt, and a lower rate or larger batches score "
    "higher; without those trials: a loss that swings by half of its mean and does not fall (McCandlish et al., An "
    "empirical model of large-batch training, 2018)",
    example="batch_size=1 with a rate of 0.1",
    remedies=(
        Change("batch_size", 10.0, "take batches ten times as large"),
        Change("learning_rate", 0.1, "divide the learning rate by 10"),
    ),
    examine=examine,
    explains=("optimisation.oscillation", "optimisation.plateau", "generalisation.underfitting"),
)
