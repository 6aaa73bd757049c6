"""The default: several networks in one, which share their hidden layers and average their answers."""

from netwright.core.values import Choice, Task
from netwright.training.recipes import single

SHARED = "shared by the members; wider or deeper took longer for no gain on the tables tried"


def choices(task: Task, train_rows: int) -> tuple[Choice, ...]:
    """Return what the recipe chooses for a task and a number of training rows, each with its reason."""
    ours = _of_many_classes() if task == "multiclass" else _usual()
    return single.with_changes(single.choices(task, train_rows), ours)


def _usual() -> tuple[Choice, ...]:
    return (
        Choice("network.members", 8, "eight networks in one, averaged, beat one that is wider on the tables tried"),
        Choice("network.hidden_sizes", [128, 128], SHARED),
    )


def _of_many_classes() -> tuple[Choice, ...]:
    return (
        Choice("network.members", 4, "four networks in one, averaged; eight narrow ones underfitted 26 classes"),
        Choice("network.hidden_sizes", [256, 128], SHARED),
        Choice("network.dropout", 0.05, "0.15 underfitted 26 classes"),
    )
