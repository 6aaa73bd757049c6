"""Text by filters over 1 to 4 neighbouring words; other columns stand beside it.

Source: Y. Kim, Convolutional neural networks for sentence classification, 2014.
"""

from netwright.core.values import Choice, Task
from netwright.training.recipes import bag, single


def choices(task: Task, train_rows: int) -> tuple[Choice, ...]:
    """Return what the recipe chooses for a task and a number of training rows, each with its reason."""
    ours = (
        Choice("network.text_size", 128, "numbers of each word"),
        Choice("network.text_filters", 128, "of each of 1 to 4 words"),
        Choice("network.text", "convolution", "filters find phrases wherever they stand"),
        Choice("network.text_dropout", 0.5, "half of the filters: they know the training rows by heart soon"),
        Choice("training.learning_rate", 0.002, "filters learn from every text, so they need a lower rate than words"),
    )
    return single.with_changes(bag.choices(task, train_rows), ours)
