"""Series read value by value in both directions.

Sources: S. Hochreiter, J. Schmidhuber, Long short-term memory, 1997; K. Cho et al., Learning phrase representations,
2014.
"""

from collections.abc import Callable

from netwright.core.values import Choice, Task
from netwright.training.recipes import fcn, single


def read_by(cell: str) -> Callable[[Task, int], tuple[Choice, ...]]:
    """Return the recipe that reads series with an LSTM or a GRU."""

    def choices(task: Task, train_rows: int) -> tuple[Choice, ...]:
        ours = (
            Choice("network.series", cell, "asked for"),
            Choice("network.series_units", 64, "in each direction"),
            Choice("network.series_depth", 1, "layers"),
        )
        return single.with_changes(fcn.choices(task, train_rows), ours, ("network.series_widths",))

    return choices
