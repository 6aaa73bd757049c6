"""Text read word by word in both directions by a recurrent layer; other columns stand beside it."""

from collections.abc import Callable

from netwright.core.values import Choice, Task
from netwright.training.recipes import bag, single


def read_by(cell: str) -> Callable[[Task, int], tuple[Choice, ...]]:
    """Return `choices` of the recipe that is named after its cell: rnn, lstm or gru."""

    def choices(task: Task, train_rows: int) -> tuple[Choice, ...]:
        ours = (
            Choice("network.text", cell, "a state that is carried from word to word"),
            Choice("network.text_size", 128, "numbers of each word"),
            Choice("network.text_units", 64, "numbers of the state, in each direction"),
            Choice("network.text_dropout", 0.5, "half of the units: they know the training rows by heart soon"),
            Choice("training.learning_rate", 0.002, "a state that is carried far needs a lower rate than words"),
        )
        return single.with_changes(bag.choices(task, train_rows), ours)

    return choices
