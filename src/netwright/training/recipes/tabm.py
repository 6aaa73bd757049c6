"""TabM-mini with piecewise embeddings, as its authors set it, sized for a few cores.

Source: Gorishniy, Kotelnikov, Babenko, TabM: advancing tabular deep learning with parameter-efficient ensembling, 2025,
and the package that they publish. There: 32 members, 512 units, no limit of epochs.
"""

from netwright.core.values import Choice, Task

EPOCHS = 100


def choices(task: Task, train_rows: int) -> tuple[Choice, ...]:
    """Return what the recipe chooses for a task and a number of training rows, each with its reason."""
    given, ours = "as its authors set it", "fewer than theirs, for a few cores"
    regression = task == "regression"
    return (
        Choice("preparation.numeric", "quantile", given),
        Choice("network.members", 16, f"{ours}; theirs: 32"),
        Choice("network.hidden_sizes", [256, 256], f"{ours}; theirs: 512 units in each of 2 layers"),
        Choice("network.activation", "relu", given),
        Choice("network.normalization", "none", given),
        Choice("network.dropout", 0.1, given),
        Choice("network.numeric_embedding", "piecewise", given),
        Choice("network.embedding_size", 16, given),
        Choice("network.bins", 48, given),
        Choice("training.optimizer", "adamw", given),
        Choice("training.learning_rate", 0.002, given),
        Choice("training.weight_decay", 3e-4, given),
        Choice("training.clip_norm", 1.0, given),
        Choice("training.batch_size", 1024 if train_rows > 300_000 else min(256, max(32, train_rows // 8)), given),
        Choice("training.epochs", EPOCHS, "at most; theirs: no limit"),
        Choice("training.patience", 16, given),
        Choice("training.loss", "mse" if regression else "auto", given),
        Choice("training.threads", 1, "one thread; populations train one network a thread"),
    )
