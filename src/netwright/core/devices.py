"""Choosing where to compute, and saying why."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from netwright.core.errors import RecipeError
from netwright.core.values import Choice

if TYPE_CHECKING:
    import torch


def choose_device(name: str = "auto") -> tuple["torch.device", Choice]:
    """Return a torch device for `name` (auto, cpu, cuda, cuda:1, mps) and the reason for it.

    Raises:
        RecipeError: the name is unknown or the machine has no such device.
    """
    import torch

    available = _available()
    if name == "auto":
        best = available[-1]
        reason = f"PyTorch sees {', '.join(available)}; the fastest kind is taken"
        return torch.device(best), Choice("training.device", best, reason)
    if name.split(":")[0] not in available:
        raise RecipeError(
            f"training.device: expected one of auto, {', '.join(available)} (what PyTorch sees here), got {name!r}"
        )
    return torch.device(name), Choice("training.device", name, "asked for")


@contextmanager
def cpu_threads(count: int | None) -> Iterator[None]:
    """Have torch share its operations among so many threads, None as before; put its own setting back afterwards."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(count or before)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _available() -> list[str]:
    import torch

    found = ["cpu"]
    if torch.backends.mps.is_available():
        found.append("mps")
    if torch.cuda.is_available():
        found.append("cuda")
    return found
