"""Images by residual blocks, of any depth.

Source: K. He, X. Zhang, S. Ren, J. Sun, Deep residual learning for image recognition, 2016.
"""

from netwright.core.values import Choice, Task
from netwright.training.recipes import convnet, single


def choices(task: Task, train_rows: int) -> tuple[Choice, ...]:
    """Return what the recipe chooses for a task and a number of training rows, each with its reason."""
    ours = (
        Choice("network.image", "resnet", "asked for"),
        Choice("network.image_widths", [32, 64, 128], "channels of three stages"),
        Choice("network.image_depth", 2, "blocks of a stage; network.image_skips = false takes their shortcuts away"),
    )
    return single.with_changes(convnet.choices(task, train_rows), ours)
