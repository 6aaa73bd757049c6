"""Step and epoch records as a case has them."""

import math
from collections.abc import Sequence
from itertools import pairwise

from netwright.core.values import EpochRecord, StepRecord
from netwright.diagnosis.case import Epoch, Lost, Step
from netwright.training.setbacks import PATIENCE


def steps_of(records: Sequence[StepRecord]) -> tuple[Step, ...]:
    """Return every recorded step; one that was skipped has a loss that is NaN."""
    return tuple(
        Step(record.step, record.epoch, record.loss, record.learning_rate, record.gradient_norm, record.layers)
        for record in records
    )


def epochs_of(records: Sequence[EpochRecord]) -> tuple[Epoch, ...]:
    """Return every epoch: the loss on training rows in training mode, the others on validation rows."""
    return tuple(
        Epoch(
            record.epoch,
            record.step,
            record.train_loss,
            record.validation_loss,
            validation_metric=record.metric,
            learning_rate=record.learning_rate,
        )
        for record in records
    )


def lost_in(records: Sequence[StepRecord]) -> Lost | None:
    """Return where the loss stopped being finite for good; single steps that were skipped do a training no harm."""
    in_a_row, first = 0, 0
    for record in records:
        if math.isfinite(record.loss):
            in_a_row = 0
            continue
        first = first if in_a_row else record.step
        in_a_row += 1
        if in_a_row >= PATIENCE:
            return Lost(first, "", "loss")
    return None


def rates_changed(records: Sequence[StepRecord]) -> int:
    """Return how many of the recorded steps had another learning rate than the one before."""
    return sum(one.learning_rate != other.learning_rate for one, other in pairwise(records))
