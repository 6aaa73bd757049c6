"""Telling that memory was too short for a step, and saying so where nothing smaller is left."""

import torch

from netwright.training.config import TrainingConfig


class ShortOfMemoryError(Exception):
    """There was no room for a forward and backward pass; nothing was changed but running statistics."""


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error says that memory ran out: a GPU's, or the main memory."""
    return isinstance(error, MemoryError | torch.OutOfMemoryError) or "can't allocate memory" in str(error)


def no_room(rows: int, config: TrainingConfig) -> str:
    """Say that not even the smallest part of a batch finds room."""
    where = "the GPU" if config.device.startswith("cuda") else "memory"
    return f"{where} has no room for a step of this network, not even in parts of 2 of its {rows} rows; make it smaller"


def room_note(micro_batches: int, config: TrainingConfig) -> tuple[str, ...]:
    """Say that batches are taken in more parts than configured; nothing if they are not."""
    if micro_batches <= config.accumulate:
        return ()
    return (f"memory was short: each batch was taken in {micro_batches} micro-batches, with the same effective size",)
