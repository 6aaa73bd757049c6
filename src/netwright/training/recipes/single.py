"""One network: numbers widened by piecewise embeddings, then three hidden layers. The other recipes start from it."""

import math
from collections.abc import Iterable

from netwright.core.values import Choice, Task

ENOUGH_TO_BEND = 200  # training rows
STEPS: dict[Task, int] = {"binary": 2000, "multiclass": 2000, "regression": 4000}


def choices(task: Task, train_rows: int) -> tuple[Choice, ...]:
    """Return what the recipe chooses for a task and a number of training rows, each with its reason."""
    return (
        *_preparation(),
        *_embedding(train_rows),
        *_network(task),
        *_batches(task, train_rows),
        *_optimization(task),
    )


def with_changes(base: Iterable[Choice], ours: Iterable[Choice], without: Iterable[str] = ()) -> tuple[Choice, ...]:
    """Return the choices of another recipe with `ours` in the place of theirs, and those named `without` left out."""
    ours = tuple(ours)
    replaced = {choice.name for choice in ours} | set(without)
    return (*(choice for choice in base if choice.name not in replaced), *ours)


def _preparation() -> tuple[Choice, ...]:
    return (
        Choice(
            "preparation.numeric",
            "both",
            "each number scaled by median and quartiles, and beside it its normal rank: the pair beat either alone",
        ),
    )


def _embedding(train_rows: int) -> tuple[Choice, ...]:
    if train_rows < ENOUGH_TO_BEND:
        reason = f"{train_rows:,} training rows; from {ENOUGH_TO_BEND} on they are enough to learn where a number bends"
        return (Choice("network.numeric_embedding", "none", reason),)
    better = "a number that bends where it needs to: better than a straight one on most tables tried"
    return (
        Choice("network.numeric_embedding", "piecewise", better),
        Choice("network.embedding_size", 8, "numbers that each becomes; 16 came out the same"),
        Choice("network.bins", 64, "48 and 96 came out the same"),
        Choice("network.edges_from", "tree", "edges where the target changes, also among rare values"),
    )


def _network(task: Task) -> tuple[Choice, ...]:
    dropout = 0.05 if task == "regression" else 0.15
    return (
        Choice(
            "network.hidden_sizes", [256, 128, 64], "wider layers took twice the time for no gain on the tables tried"
        ),
        Choice("network.normalization", "batch", "beat none and layer normalisation on the tables tried"),
        Choice("network.activation", "leaky_relu", "as good as the smooth ones and the fastest; no unit can die"),
        Choice(
            "network.dropout",
            dropout,
            "with 0.15 the network underfitted numbers"
            if task == "regression"
            else "0.1 to 0.2 came out the same on the tables tried, 0.3 worse",
        ),
    )


def _batches(task: Task, train_rows: int) -> tuple[Choice, ...]:
    size = min(256, max(32, 2 ** round(math.log2(max(train_rows, 1) / 64))))
    steps = STEPS[task]
    epochs = min(100, max(10, math.ceil(steps * size / max(train_rows, 1))))
    patience = max(6, math.ceil(0.3 * epochs))
    return (
        Choice("training.batch_size", size, f"about a 64th of the {train_rows:,} training rows, from 32 to 256"),
        Choice("training.epochs", epochs, f"room for {steps:,} steps of {size} rows, but 10 to 100 epochs"),
        Choice(
            "training.patience", patience, "stop after 30% of the epochs (6 at least) without a better validation loss"
        ),
    )


def _optimization(task: Task) -> tuple[Choice, ...]:
    regression = task == "regression"
    return (
        Choice(
            "training.optimizer",
            "adamw",
            "adapts the rate of each weight; Muon took 1.5 times as long for a worse loss",
        ),
        Choice("training.learning_rate", 0.005, "the best of those tried with this schedule"),
        Choice("training.betas", [0.9, 0.99], "short runs need a short memory of the squared gradients"),
        Choice("training.weight_decay", 0.1, "decoupled; weights only, not biases or norms"),
        Choice("training.schedule", "cosine", "down to 0 in the end; one-cycle and flat-cosine came out the same"),
        Choice(
            "training.warmup", 0.05, "the first 5% of the steps climb to the full rate, while Adam's averages settle"
        ),
        Choice("training.clip_norm", 1.0, "one bad batch cannot throw the weights far"),
        Choice("training.ema_decay", 0.99, "averaged weights judged better than the last ones, most on noisy classes"),
        Choice(
            "training.loss",
            "huber" if regression else "auto",
            "squared for small errors, absolute for large: beat squared error"
            if regression
            else "cross-entropy, by task",
        ),
        Choice("training.monitor", "validation_loss", "smoother than a metric; a metric misled on small tables"),
        Choice("training.threads", 1, "these products are too small to share: threads would wait for each other"),
    )
