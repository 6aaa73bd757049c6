"""The recipe "seed": a small network as it was once written by hand, kept as the one that any other must beat."""

from netwright.core.values import Choice, Task

WHY = "as in the network that this project began from"


def choices(_task: Task, _train_rows: int) -> tuple[Choice, ...]:
    """Linear, batch normalisation, leaky ReLU, dropout, 64 and 32 units; three epochs of Adam, nothing held against it.

    The task and the number of training rows change nothing.
    """
    settings = {
        "network.hidden_sizes": [64, 32],
        "network.normalization": "batch",
        "network.activation": "leaky_relu",
        "network.dropout": 0.25,
        "training.optimizer": "adam",
        "training.learning_rate": 0.005,
        "training.weight_decay": 1e-4,
        "training.weight_decay_form": "coupled",
        "training.decay_norms_and_biases": True,
        "training.batch_size": 64,
        "training.epochs": 3,
        "training.patience": None,
        "training.schedule": "constant",
    }
    return tuple(Choice(name, value, WHY) for name, value in settings.items())
