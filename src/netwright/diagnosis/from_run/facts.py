"""All that is known of a training before its records, and a case of both."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from netwright.core.values import EpochRecord, StepRecord
from netwright.diagnosis.case import Case, Network, Objective, Rows, Start
from netwright.diagnosis.from_run.optimizing import optimizing_of
from netwright.diagnosis.from_run.records import epochs_of, lost_in, rates_changed, steps_of
from netwright.training.config import TrainingConfig

Record = StepRecord | EpochRecord


@dataclass(frozen=True)
class Facts:
    """What recipe, schema and split say of a training."""

    training: TrainingConfig
    train_rows: int
    objective: Objective = field(default_factory=Objective)
    network: Network = field(default_factory=Network)
    rows: Rows = field(default_factory=Rows)
    start: Start = field(default_factory=Start)
    dropout: float = 0.0
    steps_per_epoch: int | None = None  # None: a pass over the training rows
    stopped_because: str = ""
    source: str = ""


def case_from(facts: Facts, records: Sequence[Record]) -> Case:
    """Bring what is known of a training and its records together.

    Args:
        facts: what does not change while it runs.
        records: steps and epochs in the order in which they happened; any part of a training from its first step on.
    """
    steps = [record for record in records if isinstance(record, StepRecord)]
    epochs = [record for record in records if isinstance(record, EpochRecord)]
    first = steps[0].loss if steps and steps[0].step == 1 else None
    optimizing = optimizing_of(facts.training, facts.train_rows, facts.dropout, facts.steps_per_epoch)
    return Case(
        network=facts.network,
        objective=replace(facts.objective, first_loss=first if first is None or math.isfinite(first) else None),
        optimizing=replace(
            optimizing,
            steps=max((record.step for record in records), default=0),
            rates_changed=rates_changed(steps),
            stopped_because=facts.stopped_because,
        ),
        rows=facts.rows,
        start=facts.start,
        steps=steps_of(steps),
        epochs=epochs_of(epochs),
        lost=lost_in(steps),
        source=facts.source,
    )
