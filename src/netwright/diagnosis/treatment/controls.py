"""Random changes: what a remedy has to be better than (Arrieta et al., Repairing DNN architecture, 2023)."""

import random
from collections.abc import Iterator
from typing import Any

from netwright.core.seeds import derive_seed
from netwright.diagnosis.illness import Change

VALUES: dict[str, tuple[Any, ...]] = {
    "learning_rate": (0.01, 0.1, 0.3, 3.0, 10.0, 100.0),
    "optimizer": ("sgd", "momentum", "adam", "adamw", "rmsprop"),
    "schedule": ("constant", "cosine", "one_cycle"),
    "warmup": (0.05, 0.1, 0.3),
    "clip_norm": (0.1, 1.0, 5.0),
    "epochs": (0.5, 2.0, 4.0),
    "batch_size": (0.1, 0.25, 0.5, 2.0, 4.0),
    "activation": ("relu", "leaky_relu", "gelu", "tanh", "silu"),
    "head": ("identity", "sigmoid", "softmax", "relu", "tanh"),
    "loss": ("cross_entropy", "bce_with_logits", "mse", "mae", "huber"),
    "initialization": ("kaiming", "xavier", "orthogonal"),
    "normalization": ("none", "batch", "layer"),
    "residual": (True,),
    "dropout": (0.0, 0.1, 0.3, 0.5),
    "weight_decay": (0.1, 10.0, 100.0),
    "width": (0.25, 0.5, 2.0, 4.0),
    "scale_inputs": (True,),
    "scale_targets": (True,),
    "class_weights": ("balanced",),
    "shuffle": (True,),
    "patience": (2, 5),
}


def random_changes(seed: int) -> Iterator[Change]:
    """Yield changes without end: a setting drawn evenly, then one of its values; the same of one seed."""
    chance = random.Random(derive_seed(seed, "random changes"))
    names = sorted(VALUES)
    while True:
        setting = chance.choice(names)
        value = chance.choice(VALUES[setting])
        yield Change(setting, value, f"{setting.replace('_', ' ')}: {value}")
