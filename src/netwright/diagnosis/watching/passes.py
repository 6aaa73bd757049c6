"""Passes over data loaders, which say where epochs begin and how rows are drawn."""

from dataclasses import dataclass, field
from typing import Any

from torch.utils.data import DataLoader, SequentialSampler


@dataclass(frozen=True)
class Loader:
    """What a loader says of itself."""

    rows: int | None
    batch_size: int | None
    shuffled: bool


@dataclass
class Passes:
    """Every pass over a loader that began, in order, numbered from 1."""

    loaders: list[Loader] = field(default_factory=list)  # of each pass
    keys: list[int] = field(default_factory=list)  # which of the loaders, by identity
    kept: list[Any] = field(default_factory=list)  # the loaders, or another could take the place of one

    @property
    def current(self) -> int:
        return len(self.keys)

    def began(self, loader: Any) -> None:
        """Note that a pass begins."""
        if not any(known is loader for known in self.kept):
            self.kept.append(loader)
        self.keys.append(id(loader))
        self.loaders.append(described(loader))


def described(loader: "DataLoader[Any]") -> Loader:
    """Return what a loader says of its rows."""
    try:
        rows: int | None = len(loader.dataset)  # type: ignore[arg-type]
    except TypeError:  # a stream has no length
        rows = None
    shuffled = not isinstance(getattr(loader, "sampler", None), SequentialSampler)
    return Loader(rows, getattr(loader, "batch_size", None), shuffled)
