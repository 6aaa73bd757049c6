"""Writing files so that a reader sees the old content or the new, never a part (POSIX rename and fsync)."""

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Any, TypeVar

import msgspec

Value = TypeVar("Value")


def write_atomic(path: Path, content: bytes) -> None:
    """Write a temporary file beside `path`, flush it to disk and rename it over `path`."""
    descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)  # mkstemp made it 0600; others may read a report
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    fsync_directory(path.parent)


def make_folder(folder: Path) -> None:
    """Make a folder, and those above it that are missing, so that their names survive a power loss."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        fsync_directory(folder.parent)


def fsync_directory(folder: Path) -> None:
    """Make renames and new names inside `folder` survive a power loss."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def to_json(value: Any) -> bytes:
    """Encode frozen values as indented JSON; NaN and infinities become null."""
    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"


def to_json_line(value: Any) -> bytes:
    return msgspec.json.encode(value) + b"\n"


def from_json(content: bytes, kind: type[Value]) -> Value:
    """Decode JSON into `kind`; raises msgspec.ValidationError or msgspec.DecodeError."""
    try:
        return msgspec.json.decode(content, type=kind)
    except RecursionError:
        raise msgspec.DecodeError("it is nested too deeply") from None
    except UnicodeDecodeError as error:  # msgspec looks at text only when it makes a string of it
        raise msgspec.DecodeError(f"it is not UTF-8 ({error.reason})") from error
    except AssertionError as error:  # values that no run of ours writes together
        raise msgspec.ValidationError(str(error)) from error
