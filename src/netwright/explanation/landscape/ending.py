"""Telling whether a training that was repeated ended in the network of the run."""

import torch
from torch import nn

from netwright.explanation.landscape.snapshots import flat_weights


def compared(again: nn.Module, run: nn.Module, epochs: int) -> tuple[str, bool]:
    """Say where a repeated training of so many epochs ended, and whether that is the run's network."""
    mine, theirs = flat_weights(again), flat_weights(run)
    began = f"the run's recipe was trained again with its weights kept after each epoch ({epochs} to the best)"
    if mine.shape == theirs.shape and torch.equal(mine, theirs):
        return f"{began}; it ended in the run's own network, bit for bit", True
    apart = float((mine - theirs).norm() / theirs.norm()) if mine.shape == theirs.shape else float("nan")
    return f"{began}; it ended elsewhere ({apart:.1%} of the weights' length away), and that network is drawn", False
