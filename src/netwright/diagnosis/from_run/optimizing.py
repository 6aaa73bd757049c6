"""How a recipe changes the weights."""

import math

from netwright.diagnosis.case import Optimizing
from netwright.training.config import TrainingConfig

WITH_MOMENTUM = ("momentum", "nesterov")  # both are SGD
WITH_BETAS = ("adam", "adamw", "muon")


def optimizing_of(
    training: TrainingConfig, train_rows: int, dropout: float = 0.0, steps_per_epoch: int | None = None
) -> Optimizing:
    """Return the settings of a recipe as a case has them.

    Args:
        training: of the recipe. Its rate is the schedule's highest, not that of the first step of a warm-up.
        train_rows: rows that the network learns from.
        dropout: the largest share silenced.
        steps_per_epoch: None where an epoch is a pass over the rows.
    """
    name = training.optimizer
    return Optimizing(
        optimizer="sgd" if name in WITH_MOMENTUM else name,
        learning_rate=training.learning_rate,
        momentum=training.momentum if name in (*WITH_MOMENTUM, "muon") else 0.0,
        betas=training.betas if name in WITH_BETAS else None,
        weight_decay=training.weight_decay,
        coupled_decay=training.weight_decay_form == "coupled",
        batch_size=training.batch_size,
        rows=train_rows,
        epochs=training.epochs,
        clip_norm=training.clip_norm,
        dropout=dropout,
        steps_per_epoch=steps_per_epoch or max(1, math.ceil(train_rows / training.batch_size)),
        precision=training.precision,
        patience=training.patience,
    )
