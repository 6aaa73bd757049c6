"""Weights from files: names and shapes are compared with the network's before there is room for a single number."""

from collections.abc import Mapping
from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from netwright.core.errors import RunError
from netwright.core.tensor_files import HeaderError, TensorFact, read_header

Shapes = Mapping[str, tuple[int, ...]]


def header_of(path: Path) -> dict[str, TensorFact]:
    """Return what a file says of its tensors.

    Raises:
        RunError: it cannot be read, or is no sound safetensors file.
    """
    try:
        return read_header(path)
    except OSError as error:
        raise RunError(f"{path} cannot be read: {error.strerror}; restore it or fit again") from error
    except HeaderError as error:
        raise RunError(f"{path} is damaged: {error}; restore it or fit again") from error


def refuse_others(path: Path, facts: Mapping[str, TensorFact], shapes: Shapes) -> None:
    """Raise RunError unless the file holds the network's tensors and no others."""
    found = {name: fact.shape for name, fact in facts.items()}
    odd = sorted(name for name in {*found, *shapes} if found.get(name) != shapes.get(name))
    if not odd:
        return
    came, expected = found.get(odd[0]), shapes.get(odd[0])
    raise RunError(
        f"{path} does not fit the run's network: expected {odd[0][:80]!r} "
        f"{'of shape ' + str(list(expected)) if expected is not None else 'not to be there'}, "
        f"got {'none' if came is None else 'shape ' + str(list(came))}; restore it or fit again"
    )


def load_weights(path: Path) -> dict[str, Tensor]:
    """Return the tensors of a file whose header was checked; errors as of `header_of`."""
    try:
        return load_file(path)
    except (SafetensorError, OSError) as error:
        raise RunError(f"{path} is damaged: {str(error).splitlines()[0]}; restore it or fit again") from error
