"""Sources that can be read only once, a pipe or standard input ("-"): their bytes are kept in a temporary file."""

import atexit
import shutil
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import BinaryIO

from netwright.core.errors import SourceError

STANDARD_INPUT = "-"


def as_file(path: Path, name: str) -> Path:
    """Return the path itself if it can be read again from its start, else that of a copy.

    Raises:
        SourceError: a terminal or another device, which has no end.
    """
    if path.name == STANDARD_INPUT and not path.exists():
        return _copy_of_standard_input(name)
    if not path.exists() or path.is_dir() or path.is_file():
        return path
    if not path.is_fifo():
        kind = "a terminal" if sys.stdin.isatty() and path.samefile("/dev/stdin") else "a device"
        raise SourceError(f"{name}: expected a file or a pipe, got {kind}; name a file, or pipe a table in")
    return _copy_of_descriptor(path) if path.parts[1:2] == ("dev",) else _copy_of(path)


@cache
def _copy_of_standard_input(name: str) -> Path:
    """A stream can be read once: whoever asks again in this process gets the same copy."""
    if sys.stdin is None or sys.stdin.isatty():
        raise SourceError(f"{name}: expected a table on standard input, got none; pipe one in or name a file")
    return _spool(sys.stdin.buffer)


@cache
def _copy_of_descriptor(path: Path) -> Path:
    return _copy_of(path)


def _copy_of(path: Path) -> Path:
    with path.open("rb") as file:
        return _spool(file, path.suffix)


def _spool(stream: BinaryIO, ending: str = "") -> Path:
    with tempfile.NamedTemporaryFile(prefix="netwright-", suffix=ending, delete=False) as copy:
        atexit.register(Path(copy.name).unlink, missing_ok=True)
        shutil.copyfileobj(stream, copy)
    return Path(copy.name)
