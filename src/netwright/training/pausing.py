"""A disk that is full or broken pauses a run: what was saved is kept, and one sentence says how to go on."""

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from netwright.core.errors import RunError, SaveError
from netwright.training.journal import Journal

DISK = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS)


@contextmanager
def pausing(folder: Path) -> Iterator[None]:
    """Turn what a disk refuses into an error that names the command by which the run goes on.

    Raises:
        RunError: a file of the run could not be written (SaveError: a checkpoint).
    """
    try:
        yield
    except SaveError as error:
        raise SaveError(_told(folder, str(error))) from error
    except OSError as error:
        if error.errno not in DISK:
            raise
        free = shutil.disk_usage(folder).free
        said = f"{error.filename or folder}: cannot be written ({error.strerror}; {free:,} bytes are free); the run is"
        said = f"{said} paused, and what was saved before is kept; make room or mend the permissions, then resume"
        raise RunError(_told(folder, said)) from error


def _told(folder: Path, sentence: str) -> str:
    with suppress(OSError):  # the log is on the same disk
        Journal(folder).write(sentence)
    return f"{sentence}: netwright fit --resume {folder}"
