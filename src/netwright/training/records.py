"""The log of a training: one JSON line for each step and epoch record, in the order in which they happened."""

import errno
import math
import os
from pathlib import Path
from types import TracebackType

import msgspec

from netwright.core.errors import RunError
from netwright.core.files import from_json, fsync_directory, to_json_line
from netwright.core.foreign import open_own
from netwright.core.values import EpochRecord, StepRecord

Record = StepRecord | EpochRecord


class RecordSink:
    """An open records.jsonl. It knows where it ends, so that a resumed run can cut off what it will write again."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            new = not path.exists()
            self._file = open_own(path)  # unbuffered: a kill loses no line
            if new:
                self._keep_name()
        except OSError as error:
            raise RunError(f"{path}: cannot be written ({error.strerror}); mend its permissions or space") from error

    def _keep_name(self) -> None:
        """Make the file's name survive a power loss, before a checkpoint says how long it is."""
        try:
            fsync_directory(self.path.parent)
        except OSError:
            self.close()
            raise

    @property
    def offset(self) -> int:
        """Bytes written so far."""
        return os.fstat(self._file.fileno()).st_size

    def append(self, record: Record) -> None:
        line = to_json_line(record)
        if self._file.write(line) != len(line):  # a disk that fills up takes a part and reports no error
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self.path))

    def truncate(self, offset: int) -> None:
        """Cut everything after `offset` bytes; a log that is shorter is left alone, not filled with zeros."""
        self._file.truncate(min(max(offset, 0), self.offset))

    def flush(self) -> None:
        """Make what was written survive a power loss."""
        os.fsync(self._file.fileno())

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> "RecordSink":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def read_records(path: Path) -> list[Record]:
    """Read a records.jsonl; a last line that a kill cut short is left out.

    Raises:
        RunError: it cannot be read, or a line is no record.
    """
    try:
        lines = path.read_bytes().splitlines(keepends=True)
        return [_decode(line) for line in lines if line.endswith(b"\n")]
    except OSError as error:
        raise RunError(f"{path} cannot be read: {error.strerror}; restore it or fit again") from error
    except msgspec.DecodeError as error:
        raise RunError(f"{path} is damaged: {error}; restore it or fit again") from error


def _decode(line: bytes) -> Record:
    fields = from_json(line, dict)
    if fields.get("kind") == "epoch":
        return msgspec.convert(fields, EpochRecord)
    lost = {name: math.nan for name in ("loss", "gradient_norm") if name in fields and fields[name] is None}
    return msgspec.convert(fields | lost, StepRecord)  # JSON has no NaN; steps measure both
