"""Opening files that somebody else may have made: regular files alone, no symbolic links, never more than expected.

What is refused is an OSError, so that whoever reads says it as any other file that cannot be read.
"""

import errno
import io
import os
import stat
from collections.abc import Callable
from io import BufferedReader, FileIO
from pathlib import Path

MOST_BYTES = 1 << 24  # of a JSON or TOML file, where no other limit is named
MOST_LINE = 1 << 20  # bytes of one line of a log


def plain(path: str, flags: int) -> int:
    """An opener for `open`: as `named`, and a symbolic link is not followed."""
    try:
        return named(path, flags | os.O_NOFOLLOW)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise OSError(errno.ELOOP, "it is a symbolic link", path) from None
        raise


def named(path: str, flags: int) -> int:
    """An opener for what the user named: a pipe does not make it wait, a device is not read."""
    descriptor = os.open(path, flags | os.O_NONBLOCK | os.O_CLOEXEC, 0o666)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "it is no regular file", path)
    return descriptor


def own(path: str, flags: int) -> int:
    """As `plain`, for writing in place: a file with a second name (a hard link) may belong to somebody else."""
    descriptor = plain(path, flags & ~os.O_TRUNC)
    if os.fstat(descriptor).st_nlink > 1:
        os.close(descriptor)
        raise OSError(errno.EMLINK, "it is a hard link, and writing would change another file", path)
    return descriptor


def open_plain(path: Path) -> BufferedReader:
    """Open a regular file for reading."""
    return _open(path, plain)


def open_own(path: Path) -> FileIO:
    """Open a file of ours for reading and adding to its end, unbuffered: a kill loses nothing that was written."""
    return io.open(str(path), "a+b", buffering=0, opener=own)  # noqa: UP020 - the name that stands in for it in tests


def read_plain(path: Path, most: int = MOST_BYTES) -> bytes:
    """Return the content of a regular file of at most so many bytes.

    Raises:
        OSError: there is none, it is a link, a pipe or a device, or larger.
    """
    return _read(path, most, plain)


def read_named(path: Path, most: int = MOST_BYTES) -> bytes:
    """As `read_plain`, of a path that the user gave: it may be a link."""
    return _read(path, most, named)


def _read(path: Path, most: int, opener: Callable[[str, int], int]) -> bytes:
    with _open(path, opener) as file:
        size = os.fstat(file.fileno()).st_size
        if size > most:
            raise OSError(errno.EFBIG, f"it has {size:,} bytes, more than the {most:,} that are read", str(path))
        return file.read(most)


def _open(path: Path, opener: Callable[[str, int], int]) -> BufferedReader:
    return BufferedReader(FileIO(str(path), "r", opener=opener))
