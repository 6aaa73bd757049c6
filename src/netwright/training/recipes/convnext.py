"""Images by depthwise convolutions of 7 x 7 and wide linear layers at each place.

Source: Z. Liu and others, A ConvNet for the 2020s, 2022.
"""

from netwright.core.values import Choice, Task
from netwright.training.recipes import convnet, single


def choices(task: Task, train_rows: int) -> tuple[Choice, ...]:
    """Return what the recipe chooses for a task and a number of training rows, each with its reason."""
    ours = (
        Choice("network.image", "convnext", "asked for"),
        Choice("network.image_widths", [48, 96, 192], "channels of three stages"),
        Choice("network.image_depth", 2, "blocks of a stage"),
    )
    return single.with_changes(convnet.choices(task, train_rows), ours)
