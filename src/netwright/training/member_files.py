"""Networks of a run that are finished before the run is: members/NNN.json, and NNN.safetensors with the weights.

The JSON file is written last and holds the hash of the weights; what it does not confirm is trained again.
"""

import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from safetensors.torch import load, save
from torch import Tensor, nn

from netwright.core.files import from_json, make_folder, to_json, write_atomic

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
        finished = from_json(path.read_bytes(), Finished)
        record = msgspec.convert(finished.record, kind)
        content = path.with_suffix(".safetensors").read_bytes() if finished.weights_sha256 else b""
    except (OSError, msgspec.DecodeError, msgspec.ValidationError):
        return None
    if finished.weights_sha256 and hashlib.sha256(content).hexdigest() != finished.weights_sha256:
        return None
    if content and module is not None:
        module.load_state_dict(load(content))
        module.eval()
    return record


def remove(folder: Path) -> None:
    """Remove the files when the run holds all that they said."""
    shutil.rmtree(folder, ignore_errors=True)


def weights_of(module: nn.Module) -> dict[str, Tensor]:
    """Return every weight and buffer as safetensors take them."""
    return {name: tensor.detach().cpu().contiguous() for name, tensor in module.state_dict().items()}
