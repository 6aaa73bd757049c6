"""The recipe "realmlp": RealMLP-TD, settings tuned once on many tables to be good on others as they stand.

Source: Holzmüller, Grinsztajn, Steinwart, Better by default: strong pre-tuned MLPs and boosted trees on tabular data,
2024, and the settings that the authors publish in their package pytabkit.

It differs from theirs in this: two classes have one logit, not two; labels are not smoothed, since smoothing costs log
loss and gained no accuracy on the table tried; categories' tables start small; one-hot columns are 0 and 1, not centred
and scaled; 9 categories are one-hot, not 8; where quartiles are equal the deviation scales, not half the range; the
best epoch is that of the validation loss, not of the error; a ragged last batch is trained on too. On adult all of
these together came out the same as the package: docs/log.md.
"""

from typing import Any

from netwright.core.values import Choice, Task

EPOCHS = 256
BATCH = 256  # rows
STEPS, LEAST_EPOCHS = 10_000, 32  # of a contender
COLUMNS: dict[str, tuple[Any, str]] = {
    "preparation.numeric": ("robust", "median and quartiles; outliers pull neither"),
    "preparation.smooth_clip": (True, "x / sqrt(1 + (x/3)^2) bounds outliers and keeps their order"),
    "preparation.one_hot_levels": (9, "columns of more categories are embedded"),
}
NETWORK: dict[str, tuple[Any, str]] = {
    "network.hidden_sizes": ([256, 256, 256], "the one shape of RealMLP-TD"),
    "network.normalization": ("none", "the weights start normalised by the training rows"),
    "network.parametric": (True, "each unit learns how much it bends"),
    "network.dropout": (0.15, "in the first half; see training.dropout_schedule"),
    "network.initialization": ("data_driven", "each unit starts with deviation 1 and bends where the rows are"),
    "network.numeric_embedding": ("periodic", "each number beside learnt waves of it (PBLD)"),
    "network.embedding_size": (4, "the number itself and three mixtures of waves"),
    "network.frequencies": (16, "waves of each column"),
    "network.frequency_scale": (0.1, "smooth waves at the start"),
    "network.category_size": (8, "numbers for each embedded category"),
    "network.scaling": (True, "a learnt factor for each input: soft selection of columns"),
}
TRAINING: dict[str, tuple[Any, str]] = {
    "training.epochs": (EPOCHS, "always all of them: the schedule's four rises end with the last"),
    "training.patience": (None, "a loss that rises with the rate falls with it again; the best epoch is restored"),
    "training.batch_size": (BATCH, "for tables of every size"),
    "training.threads": (1, "these products are too small to share: threads would wait for each other"),
    "training.optimizer": ("adam", "with decoupled decay"),
    "training.betas": ([0.9, 0.95], "a short memory of the squared gradients"),
    "training.schedule": ("coslog4", "four rises and falls, each twice as long as the one before"),
    "training.parametrization": ("ntk", "one rate suits layers of every width"),
    "training.weight_decay": (0.02, "decoupled, in the first half; see training.weight_decay_schedule"),
    "training.weight_decay_schedule": ("flat_cosine", "none is left in the end"),
    "training.dropout_schedule": ("flat_cosine", "none is left in the end"),
    "training.decay_norms_and_biases": (True, "factors, slopes and phases decay like weights"),
    "training.decay_factors": (
        {"bias": 0.0, "scaling": 6.0, "activation": 0.1, "numeric_embedding": 0.1},
        "biases of layers do not decay; the others as fast as they move, once more, as in the authors' package",
    ),
    "training.rate_factors": (
        {"scaling": 6.0, "bias": 0.1, "activation": 0.1, "numeric_embedding": 0.1},
        "inputs are weighed fast; biases, bends and waves move slowly",
    ),
}
CLASSES: dict[str, tuple[Any, str]] = {
    "network.activation": ("selu", "of RealMLP-TD for classes"),
    "training.learning_rate": (0.04, "of RealMLP-TD for classes, under ntk"),
    "training.label_smoothing": (0.0, "0.1 costs log loss and gained no accuracy on the table tried; theirs: 0.1"),
}
VALUES: dict[str, tuple[Any, str]] = {
    "preparation.clamp_target": (True, "predictions stay within the range of the training targets"),
    "network.activation": ("mish", "of RealMLP-TD for values"),
    "training.learning_rate": (0.2, "of RealMLP-TD for values, under ntk"),
    "training.loss": ("mse", "of targets in standard deviations"),
}


def choices(task: Task, _train_rows: int) -> tuple[Choice, ...]:
    """Return the settings of RealMLP-TD; the number of training rows changes none of them."""
    of_task = VALUES if task == "regression" else CLASSES
    settings = {**COLUMNS, **NETWORK, **TRAINING, **of_task}
    return tuple(Choice(name, value, reason) for name, (value, reason) in settings.items())


def bounds(train_rows: int) -> tuple[Choice, ...]:
    """Return what keeps its training short where it is one of several recipes that are compared."""
    epochs = max(LEAST_EPOCHS, min(EPOCHS, STEPS * BATCH // max(train_rows, 1)))
    return (
        Choice("training.epochs", epochs, f"room for {STEPS:,} steps, from {LEAST_EPOCHS} to {EPOCHS} epochs"),
        Choice("training.stop_at_cycle", True, "a rise and fall of the rate that brought nothing better is the last"),
    )
