"""Networks of a run that are finished before the run is: members/NNN.json, and NNN.safetensors with the weights.

The JSON file is written last and holds the hash of the weights; what it does not confirm is trained again.
"""

import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from safetensors.torch import save
from torch import Tensor, nn

from netwright.core.errors import RunError
from netwright.core.files import from_json, make_folder, sha256_of, to_json, write_atomic
from netwright.core.foreign import read_plain
from netwright.training.weights import header_of, load_weights, refuse_others

MEMBERS = "members"  # the folder, in a run directory

Record = TypeVar("Record")


@dataclass(frozen=True)
class Finished:
    """What one JSON file holds."""

    record: Any  # a frozen value, as plain values once it is read
    weights_sha256: str = ""  # empty where none are kept


def store(path: Path, record: object, module: nn.Module | None = None) -> None:
    """Write a record to `path` (.json), and the weights of a network beside it.

    Raises:
        OSError: the disk is full or read-only.
    """
    make_folder(path.parent)
    digest = ""
    if module is not None:
        content = save(weights_of(module))
        digest = hashlib.sha256(content).hexdigest()
        write_atomic(path.with_suffix(".safetensors"), content)
    write_atomic(path, to_json(Finished(record, digest)))


def stored(path: Path, kind: type[Record], module: nn.Module | None = None) -> Record | None:
    """Read a record, and the weights into `module`; None where either is missing or damaged."""
    try:
        finished = from_json(read_plain(path), Finished)
        record = msgspec.convert(finished.record, kind)
        if finished.weights_sha256 and module is not None:
            _fill(module, path.with_suffix(".safetensors"), finished.weights_sha256)
    except (OSError, RunError, msgspec.DecodeError):
        return None
    return record


def _fill(module: nn.Module, path: Path, digest: str) -> None:
    """Load weights that are of the network's own shapes and have the hash that was written down."""
    refuse_others(path, header_of(path), {name: tuple(value.shape) for name, value in module.state_dict().items()})
    if sha256_of(path) != digest:
        raise RunError(f"{path} does not have the content that was written")
    module.load_state_dict(load_weights(path))
    module.eval()


def remove(folder: Path) -> None:
    """Remove the files when the run holds all that they said."""
    shutil.rmtree(folder, ignore_errors=True)


def weights_of(module: nn.Module) -> dict[str, Tensor]:
    """Return every weight and buffer as safetensors take them."""
    return {name: tensor.detach().cpu().contiguous() for name, tensor in module.state_dict().items()}
