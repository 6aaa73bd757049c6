"""Series by three convolutions and the mean of each map over time.

Source: Z. Wang, W. Yan, T. Oates, Time series classification from scratch with deep neural networks, 2017.
"""

import math

from netwright.core.values import Choice, Task
from netwright.training.recipes import single

STEPS = 800  # that a training takes, if its epochs are neither too few nor too many
LEAST_EPOCHS, MOST_EPOCHS = 10, 200
REPLACED = (
    *("training.ema_decay", "training.decay_factors"),
    *("network.embedding_size", "network.bins", "network.edges_from"),
)


def choices(task: Task, train_rows: int) -> tuple[Choice, ...]:
    """Return what the recipe chooses for a task and a number of training rows, each with its reason."""
    ours = (
        Choice("network.series", "fcn", "convolutions find the same form wherever in time it is"),
        Choice("network.series_widths", [64, 128, 64], "half of the paper's: a quarter of the products"),
        Choice("network.hidden_sizes", [], "the means of the maps go straight to the answer"),
        Choice("network.numeric_embedding", "none", "series are read as they are"),
        *pace(train_rows),
        Choice("training.learning_rate", 0.003, "the rate falls to 0 in the end"),
        Choice("training.weight_decay", 0.01, "few rows: a little decay"),
    )
    return single.with_changes(single.choices(task, train_rows), ours, REPLACED)


def pace(train_rows: int) -> tuple[Choice, ...]:
    """Return batches and epochs for networks that learn their kernels from series."""
    size = min(128, max(8, 8 * round(train_rows / 80)))
    epochs = min(MOST_EPOCHS, max(LEAST_EPOCHS, math.ceil(STEPS * size / max(train_rows, 1))))
    said = f"room for {STEPS:,} steps of {size} series, but {LEAST_EPOCHS} to {MOST_EPOCHS} epochs"
    return (
        Choice("training.batch_size", size, f"about a tenth of the {train_rows:,} training series, from 8 to 128"),
        Choice("training.epochs", epochs, said),
        Choice("training.patience", max(5, epochs // 2), "the loss is at its best where the rate has fallen"),
    )
