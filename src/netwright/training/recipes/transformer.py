"""Text read by a Transformer's encoder; other columns stand beside it."""

from netwright.core.values import Choice, Task
from netwright.training.recipes import bag, single


def choices(task: Task, train_rows: int) -> tuple[Choice, ...]:
    """Return what the recipe chooses for a task and a number of training rows, each with its reason."""
    ours = (
        Choice("network.text", "transformer", "every word looks at every other"),
        Choice("network.text_size", 128, "numbers of each word"),
        Choice("network.text_depth", 2, "blocks; texts of a table are too few for more"),
        Choice("network.text_heads", 4, "kinds of look in each block"),
        Choice("network.text_dropout", 0.3, "words that the rows hold seldom are known by heart soon"),
        Choice("training.learning_rate", 0.001, "attention learns from every text, so it needs a low rate"),
    )
    return single.with_changes(bag.choices(task, train_rows), ours)
