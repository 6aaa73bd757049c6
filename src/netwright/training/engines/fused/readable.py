"""Whether rows suit a table of operations, which believes every number it reads: a category is a place in a buffer."""

import torch
from torch import Tensor

from netwright.core.values import Task
from netwright.training.batches import Batches
from netwright.training.engines.fused.program import Writer
from netwright.training.engines.fused.table import EMBED


def why_not_read(writer: Writer, batches: Batches, terms: tuple[str, Tensor | None], task: Task) -> str:
    """Return what the table of operations could not read of rows, or nothing; `terms` are those of the loss."""
    slots = [operation.function for operation in writer.operations if operation.kind == EMBED]
    return _odd_codes(batches, slots) or _odd_targets(batches.train_targets, terms, task, writer.width)


def _odd_codes(batches: Batches, slots: list[int]) -> str:
    codes = batches.train_inputs[1] if len(batches.train_inputs) > 1 else torch.zeros(batches.rows, 0)
    if slots and codes.shape[1] != len(slots):
        return f"{codes.shape[1]} categorical columns for {len(slots)} embeddings"
    wrong = any(int(codes[:, k].min()) < 0 or int(codes[:, k].max()) >= size for k, size in enumerate(slots))
    return "a category is beyond its embedding" if wrong else ""


def _odd_targets(targets: Tensor, terms: tuple[str, Tensor | None], task: Task, outputs: int) -> str:
    loss, weights = terms
    columns = 1 if loss == "cce" else outputs
    if targets.numel() != len(targets) * columns:
        return f"targets of {targets[0].numel()} columns for {columns}"
    if task == "regression":
        return ""
    classes = outputs if loss == "cce" else 2
    whole = bool((targets == targets.round()).all()) if targets.is_floating_point() else True
    inside = int(targets.min()) >= 0 and int(targets.max()) < min(
        classes, len(weights) if weights is not None else classes
    )
    return "" if whole and inside else "a target is no class number of the network"
