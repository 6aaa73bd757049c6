"""Where tensors come from: which operations, which parameters, the batch, or outside."""

import weakref
from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True)
class Origin:
    """What a tensor was made of."""

    ops: tuple[int, ...] = ()  # numbers of the operations whose results it holds, reshaped or not
    parameters: tuple[str, ...] = ()  # names, where it was made of parameters only
    data: bool = False  # the batch's inputs themselves


class Origins:
    """Origins of tensors by identity; holds no tensor alive."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[weakref.ref[Tensor], Origin]] = {}

    def of(self, tensor: Tensor) -> Origin | None:
        """Return where a tensor comes from; None where it was not seen before."""
        entry = self._known.get(id(tensor))
        return entry[1] if entry is not None and entry[0]() is tensor else None

    def note(self, tensor: Tensor, origin: Origin) -> None:
        """Remember where a tensor comes from, in place of what was known of it."""
        self._known[id(tensor)] = (weakref.ref(tensor), origin)


def merged(origins: list[Origin | None]) -> Origin:
    """Return the origin of what several tensors were brought together into."""
    known = [origin for origin in origins if origin is not None]
    ops = tuple(dict.fromkeys(number for origin in known for number in origin.ops))
    parameters = tuple(dict.fromkeys(name for origin in known for name in origin.parameters))
    return Origin(ops, () if ops else parameters, any(origin.data for origin in known) and not ops)
