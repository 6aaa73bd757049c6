"""How a GPU is given its work: kernel by kernel, or whole steps that were recorded once."""

from dataclasses import replace

import torch

from netwright.core.values import Choice
from netwright.training.config import TrainingConfig

SETTING = "training.compile"
REASON = (
    "steps are recorded once and replayed, where network and optimizer allow it: to launch their kernels one by one "
    "takes longer than to run them; torch.compile (full) takes longer than it saves in a training of minutes"
)


def settle_compile(config: TrainingConfig, device: torch.device) -> tuple[TrainingConfig, tuple[Choice, ...]]:
    """Fix on a GPU what "auto" stands for; return the recipe, and the choice if one was made."""
    if config.compile != "auto" or device.type != "cuda":
        return config, ()
    return replace(config, compile="graph"), (Choice(SETTING, "graph", REASON),)
