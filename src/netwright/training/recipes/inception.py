"""Series by modules of short, middling and long convolutions.

Source: H. Ismail Fawaz et al., InceptionTime: finding AlexNet for time series classification, 2020.
"""

from netwright.core.values import Choice, Task
from netwright.training.recipes import fcn, single


def choices(task: Task, train_rows: int) -> tuple[Choice, ...]:
    """Return what the recipe chooses for a task and a number of training rows, each with its reason."""
    ours = (
        Choice("network.series", "inception", "asked for"),
        Choice("network.series_filters", 16, "of each path, half of the paper's 32: about a quarter of the products"),
        Choice("network.series_depth", 3, "modules with one shortcut; the paper has six"),
    )
    return single.with_changes(fcn.choices(task, train_rows), ours, ("network.series_widths",))
