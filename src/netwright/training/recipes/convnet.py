"""Images by few wide convolutions behind whitened patches, trained in few epochs by Muon.

Source: K. Jordan, 94% on CIFAR-10 in 3.29 seconds on a single GPU, 2024; sizes and rates measured here on two cores.
"""

from netwright.core.values import Choice, Task
from netwright.training.recipes import single

IMAGES = 200_000  # that a training sees, if its epochs are neither too few nor too many
LEAST_EPOCHS, MOST_EPOCHS = 4, 60
REPLACED = ("training.ema_decay", "training.clip_norm", "training.decay_factors")


def choices(task: Task, train_rows: int) -> tuple[Choice, ...]:
    """Return what the recipe chooses for a task and a number of training rows, each with its reason."""
    ours = (
        Choice("network.image", "convnet", "few wide convolutions learn most from few images in a short time"),
        Choice("network.image_widths", [32, 128, 128], "channels; twice as many took three times as long"),
        Choice("network.hidden_sizes", [], "the last maps' largest values go straight to the classes"),
        *_changes(),
        *_pace(train_rows),
        *_optimization(task),
    )
    return single.with_changes(single.choices(task, train_rows), ours, REPLACED)


def _changes() -> tuple[Choice, ...]:
    return (
        Choice("network.image_shift", 0.0625, "a shift keeps the label: 2 pixels of 32"),
        Choice("network.image_turn", 8.0, "so do a few degrees"),
        Choice("network.image_zoom", 0.08, "and a little nearer or farther"),
    )


def _pace(train_rows: int) -> tuple[Choice, ...]:
    size = min(256, max(32, 8 * round(train_rows / 320)))
    epochs = min(MOST_EPOCHS, max(LEAST_EPOCHS, round(IMAGES / max(train_rows, 1))))
    said = f"room for {IMAGES:,} images, but {LEAST_EPOCHS} to {MOST_EPOCHS} epochs"
    return (
        Choice("training.batch_size", size, f"about a 40th of the {train_rows:,} training images, from 32 to 256"),
        Choice("training.epochs", epochs, said),
        Choice("training.patience", max(4, epochs // 3), "the loss is at its best where the rate has fallen"),
    )


def _optimization(task: Task) -> tuple[Choice, ...]:
    smooth = 0.0 if task == "regression" else 0.1
    return (
        Choice("training.optimizer", "muon", "0.73 after 3 epochs of 10,000 small photos where AdamW had 0.60"),
        Choice("training.learning_rate", 0.02, "0.04 came out the same, AdamW's 0.01 far behind"),
        Choice("training.weight_decay", 0.0, "the filters' updates are of one size whatever the weights are"),
        Choice("training.warmup", 0.05, "the first 5% of the steps climb to the full rate"),
        Choice(
            "training.label_smoothing", smooth, "less certain of the training images, which are soon known by heart"
        ),
        Choice("training.precision", "auto", "bfloat16 where it is measured to be faster here and as good"),
        Choice("training.threads", None, "products of images are large enough to be shared among cores"),
    )
