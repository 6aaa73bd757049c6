"""The default: eight networks in one, which share narrow hidden layers and average their answers."""

from netwright.core.values import Choice, Task
from netwright.training.recipes import single

REPLACED = (
    Choice("network.members", 8, "eight networks in one, averaged, beat one three times as wide on all tables tried"),
    Choice("network.hidden_sizes", [128, 128], "shared by the members; wider or deeper took longer for no gain"),
)


def choices(task: Task, train_rows: int) -> tuple[Choice, ...]:
    """Return what the recipe chooses for a task and a number of training rows, each with its reason."""
    replaced = {choice.name for choice in REPLACED}
    return (*(choice for choice in single.choices(task, train_rows) if choice.name not in replaced), *REPLACED)
