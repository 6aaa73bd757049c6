"""Checkpoints that survive a kill or a power loss at any instant.

`step-N/` holds tensors.safetensors, state.json and MANIFEST.json (size and sha256 of each file, written last). It is
made as `step-N.tmp-<pid>`, every file flushed to disk, then renamed, then the folder flushed. Two are kept, and none is
deleted before a newer one is committed. Loading believes nothing that the manifest does not confirm.
"""

import hashlib
import os
import re
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from safetensors.torch import load, save
from torch import Tensor

from netwright.core.errors import CheckpointError, SaveError
from netwright.core.files import from_json, fsync_directory, make_folder, sha256_of, to_json
from netwright.core.foreign import read_plain
from netwright.core.tensor_files import HeaderError, read_header

KEPT = 2
MANIFEST = "MANIFEST.json"
TENSORS = "tensors.safetensors"
STATE = "state.json"
MOST_STATE = 1 << 28  # bytes: it holds the record of every epoch


@dataclass(frozen=True)
class Checkpoint:
    """Everything a training needs to go on, as tensors and plain values."""

    step: int
    tensors: dict[str, Tensor]
    state: dict[str, Any]


@dataclass(frozen=True)
class FileFact:
    size: int  # bytes
    sha256: str


def save_checkpoint(folder: Path, checkpoint: Checkpoint) -> Path:
    """Commit a checkpoint and delete those older than the one before it.

    A sound checkpoint of the same step is left as it is: a training's state is a function of its step.

    Raises:
        SaveError: the disk is full, read-only or broken; earlier checkpoints are untouched.
    """
    final = folder / f"step-{checkpoint.step}"
    files = {
        TENSORS: save({name: tensor.detach().cpu().clone() for name, tensor in checkpoint.tensors.items()}),
        STATE: to_json(checkpoint.state),
    }
    try:
        make_folder(folder)
        _remove_stale(folder)
        if final.exists() and not _fault(final):
            return final
        _quarantine(final)
        _commit_or_retry(final, files)
    except OSError as error:
        raise SaveError(_no_room(folder, files, error)) from error
    _prune(folder)
    return final


def load_checkpoint(folder: Path) -> tuple[Checkpoint, tuple[str, ...]]:
    """Return the newest checkpoint that its manifest confirms, and a note on each newer one that was set aside.

    Raises:
        CheckpointError: there is none.
    """
    if folder.is_symlink():
        raise CheckpointError(f"{folder}: expected a folder, got a symbolic link; put the folder itself there")
    _remove_stale(folder)
    notes: list[str] = []
    for path in reversed(committed(folder)):
        fault = _fault(path)
        if not fault:
            if notes:
                notes.append(f"{path.name} is used instead")
            return _read(path), tuple(notes)
        moved = _quarantine(path)
        notes.append(f"checkpoint {path.name} is damaged ({fault}); it was set aside as {moved.name}")
    found = "; ".join(notes) or "none was found"
    raise CheckpointError(f"{folder}: expected a sound checkpoint, {found}; start the training again")


def committed(folder: Path) -> list[Path]:
    """Return the checkpoint folders, oldest first; they are not verified."""
    found = [path for path in folder.glob("step-*") if re.fullmatch(r"step-\d+", path.name)]
    return sorted(found, key=_step_of)


def _commit_or_retry(final: Path, files: dict[str, bytes]) -> None:
    """Try twice: one failed write on a network disk must not end a training."""
    try:
        _commit(final, files)
    except OSError:
        _commit(final, files)


def _commit(final: Path, files: dict[str, bytes]) -> None:
    temporary = final.with_name(f"{final.name}.tmp-{os.getpid()}")
    try:
        if not final.exists():  # it is there where the first try failed at its last call
            _write_all(temporary, files)
            temporary.rename(final)
        fsync_directory(final.parent)
    except OSError:
        shutil.rmtree(temporary, ignore_errors=True)
        raise


def _write_all(folder: Path, files: dict[str, bytes]) -> None:
    folder.mkdir(exist_ok=True)  # a first try on a broken disk may not have been able to remove it
    for name, content in files.items():
        _write(folder / name, content)
    facts = {name: FileFact(len(content), hashlib.sha256(content).hexdigest()) for name, content in files.items()}
    _write(folder / MANIFEST, to_json(facts))
    fsync_directory(folder)


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _fault(path: Path) -> str:
    """Return what is wrong with a checkpoint folder, or nothing."""
    try:
        facts = msgspec.convert(from_json(read_plain(path / MANIFEST), dict), dict[str, FileFact])
    except (OSError, msgspec.DecodeError):
        return f"{MANIFEST} cannot be read"
    for name in (TENSORS, STATE):
        if name not in facts:
            return f"{name} is not in {MANIFEST}"
        if (path / name).is_symlink() or not (path / name).is_file():
            return f"{name} is missing"
        if (path / name).stat().st_size != facts[name].size:
            return f"{name} has {(path / name).stat().st_size} bytes, not {facts[name].size}"
        if sha256_of(path / name) != facts[name].sha256:
            return f"{name} does not have the content that was written"
    return _content_fault(path)


def _content_fault(path: Path) -> str:
    """Return what is wrong with files that are as the manifest says; a stranger writes a manifest too."""
    try:
        read_header(path / TENSORS)
        from_json(read_plain(path / STATE, MOST_STATE), dict)
    except HeaderError as error:
        return f"{TENSORS}: {error}"
    except (OSError, msgspec.DecodeError) as error:
        return f"{STATE}: {error}"
    return ""


def _read(path: Path) -> Checkpoint:
    tensors = {name: tensor.clone() for name, tensor in load((path / TENSORS).read_bytes()).items()}
    return Checkpoint(_step_of(path), tensors, from_json(read_plain(path / STATE, MOST_STATE), dict))


def _quarantine(path: Path) -> Path:
    target = path.with_name(f"{path.name}.corrupt")
    number = 1
    while target.exists():
        number += 1
        target = path.with_name(f"{path.name}.{number}.corrupt")
    if path.exists():
        path.rename(target)
    return target


def _prune(folder: Path) -> None:
    for path in committed(folder)[:-KEPT]:
        doomed = path.with_name(f"{path.name}.tmp-{os.getpid()}")  # a kill in mid-removal leaves no half checkpoint
        with suppress(OSError):  # what cannot be removed now is tried again after the next save
            path.rename(doomed)
            shutil.rmtree(doomed, ignore_errors=True)


def _remove_stale(folder: Path) -> None:
    """Remove what a killed save left; one process at a time owns the folder."""
    for path in folder.glob("step-*.tmp-*"):
        shutil.rmtree(path, ignore_errors=True)


def _step_of(path: Path) -> int:
    return int(path.name.removeprefix("step-"))


def _no_room(folder: Path, files: dict[str, bytes], error: OSError) -> str:
    needed = sum(map(len, files.values()))
    holder = next((path for path in (folder, *folder.parents) if path.exists()), Path())
    free = shutil.disk_usage(holder).free
    return (
        f"{folder}: a checkpoint of {needed:,} bytes cannot be written ({error.strerror}; {free:,} bytes are free); "
        "the run is paused, and what was saved before is kept; make room or mend the permissions, then resume"
    )
