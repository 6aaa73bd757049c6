"""Series by fixed kernels, whose numbers go straight to the answer.

Sources: A. Dempster et al., ROCKET, 2020, and MiniRocket, 2021; C. W. Tan et al., MultiRocket, 2022.
"""

from netwright.core.values import Choice, Task
from netwright.training.recipes import single

REPLACED = (
    *("training.ema_decay", "training.clip_norm"),
    *("network.embedding_size", "network.bins", "network.edges_from"),
)
KNOWN_BY_HEART = 4096  # rows up to which the last layer starts at its best for all of them


def choices(task: Task, train_rows: int) -> tuple[Choice, ...]:
    """Return what the recipe chooses for a task and a number of training rows, each with its reason."""
    few = train_rows <= KNOWN_BY_HEART
    rate, epochs = (1e-4, 3) if few else (5e-4, 5)
    ours = (
        Choice("network.series", "rocket", "fixed kernels: there is nothing in them that few rows could get wrong"),
        Choice("network.series_kernels", 2000, "1,000 and 5,000 came out the same on the series tried"),
        Choice("network.hidden_sizes", [], "the kernels' numbers go straight to the answer"),
        Choice("network.numeric_embedding", "none", "so do numbers that stand beside a series"),
        Choice("training.batch_size", min(128, max(16, train_rows // 40)), "16 to 128 rows"),
        Choice("training.epochs", epochs, "the last layer starts at its best straight answer (ridge)"),
        Choice("training.patience", epochs, "the best epoch on held-out rows is kept"),
        Choice("training.learning_rate", rate, "small steps: the last layer starts where it should be"),
        Choice("training.weight_decay", 0.0, "the penalty was chosen by leaving rows out"),
    )
    return single.with_changes(single.choices(task, train_rows), ours, REPLACED)
