"""Text by its words and pairs of words, whatever their order beyond that; other columns stand beside it.

Source: A. Joulin, E. Grave, P. Bojanowski, T. Mikolov, Bag of tricks for efficient text classification, 2016.
"""

from netwright.core.values import Choice, Task
from netwright.training.recipes import single


def choices(task: Task, train_rows: int) -> tuple[Choice, ...]:
    """Return what the recipe chooses for a task and a number of training rows, each with its reason."""
    ours = (
        Choice("network.text", "bag", "words and pairs of neighbouring words, added up"),
        Choice("network.hidden_sizes", [], "what a text says is mostly in its words: they are added up"),
        Choice("network.text_dropout", 0.3, "vectors of words are many for the rows"),
        Choice("training.batch_size", 64, "seldom words need many small steps"),
        Choice("training.epochs", 8, "the vectors of words know the training rows by heart soon after"),
        Choice("training.patience", 4, "stop after 4 epochs without a better validation loss"),
        Choice("training.decay_factors", {"categorical_embedding": 0.0}, "words that a batch does not hold stay"),
    )
    return single.with_changes(single.choices(task, train_rows), ours)
