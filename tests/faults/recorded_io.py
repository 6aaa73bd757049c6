"""What is done to the files below a folder, one operation after the other; a fault can come before each.

`recording` stands in for the functions of `os` that change files, and for `io.open`. Bytes count as written when they
leave Python: what waits in a buffer is not seen, so a flush that is forgotten before an fsync shows.
"""

import io
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

FileId = int | str | os.PathLike


@dataclass(frozen=True)
class Operation:
    """One change, or one fsync; paths are relative to the folder that is recorded."""

    name: str  # create, write, truncate, sync, mkdir, rename, unlink, rmdir
    path: str
    target: str = ""  # of a rename
    content: bytes = b""  # of a write
    at: int = 0  # where a write begins; the size that truncate leaves


Fault = Callable[[int, Operation], None]  # the number of operations so far, and the next; may raise, or end the process


def no_fault(_number: int, _operation: Operation) -> None:
    return None


class Recorder:
    """The operations so far."""

    def __init__(self, root: Path, fault: Fault = no_fault) -> None:
        self.root, self.fault = root.resolve(), fault
        self.operations: list[Operation] = []
        self._names: dict[int, str] = {}  # descriptor -> path
        self._real_open, self._os_open = io.open, os.open

    def do(self, operation: Operation, work: Callable[[], Any]) -> Any:
        self.fault(len(self.operations), operation)
        result = work()
        self.operations.append(operation)
        return result

    def name_of(self, file: FileId, dir_fd: int | None = None) -> str | None:
        """Return the path below the root; None where it is elsewhere."""
        if isinstance(file, int):
            return self._names.get(file)
        if dir_fd is not None:
            folder = self._names.get(dir_fd)
            return None if folder is None else os.path.normpath(f"{folder}/{os.fspath(file)}")
        path = Path(os.path.abspath(file))  # noqa: PTH100 - a last part that is a link stays one
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else None

    def know(self, descriptor: int, name: str | None) -> None:
        self._names.pop(descriptor, None)
        if name is not None:
            self._names[descriptor] = name

    def open(self, file: FileId, mode: str = "r", buffering: int = -1, *rest: Any, **options: Any) -> Any:
        """In place of `io.open`."""
        name = self.name_of(file)
        if name is None or not set(mode) & set("wax+"):
            return self._real_open(file, mode, buffering, *rest, **options)
        assert "b" in mode, "text files are not recorded yet"
        raw = self._raw(file, mode, name, options.get("opener"))
        return raw if buffering == 0 else io.BufferedWriter(raw)

    def _raw(self, file: FileId, mode: str, name: str, opener: Any = None) -> "RecordedFile":
        make = partial(RecordedFile, self, name, file, mode.replace("b", ""), opener)
        if isinstance(file, int) or opener is not None:  # `os.open`, which openers call, is recorded itself
            return make()
        if not Path(file).exists():
            return self.do(Operation("create", name), make)
        return self.do(Operation("truncate", name), make) if "w" in mode else make()

    def os_open(self, path: FileId, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        """In place of `os.open`."""
        name = self.name_of(path, dir_fd)
        work = partial(self._os_open, path, flags, mode, dir_fd=dir_fd)
        makes = name is not None and flags & os.O_CREAT and not (self.root / name).exists()
        descriptor = self.do(Operation("create", name or ""), work) if makes else work()
        self.know(descriptor, name)
        return descriptor

    def changing(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        """In place of `os.mkdir`, `unlink`, `rmdir` or `fsync`."""

        def call(file: FileId, *rest: Any, dir_fd: int | None = None, **options: Any) -> Any:
            found = self.name_of(file, dir_fd)
            work = partial(real, file, *rest, **options, **({} if dir_fd is None else {"dir_fd": dir_fd}))
            return work() if found is None else self.do(Operation(name, found), work)

        return call

    def moving(self, real: Callable[..., Any]) -> Callable[..., Any]:
        """In place of `os.rename` and `os.replace`."""

        def call(old: FileId, new: FileId) -> Any:
            before, after = self.name_of(old), self.name_of(new)
            if before is None or after is None:
                return real(old, new)
            return self.do(Operation("rename", before, after), partial(real, old, new))

        return call


class RecordedFile(io.FileIO):
    """A file that writes in two halves, so that a fault can come between them."""

    def __init__(self, recorder: Recorder, name: str, file: FileId, mode: str, opener: Any = None) -> None:
        super().__init__(file, mode, opener=opener)
        self._recorder, self._path, self._appends = recorder, name, "a" in mode
        recorder.know(self.fileno(), name)

    def write(self, data: Any) -> int:
        content = bytes(data)
        middle = len(content) // 2
        for part in (content[:middle], content[middle:]):
            at = os.fstat(self.fileno()).st_size if self._appends else self.tell()
            self._recorder.do(Operation("write", self._path, "", part, at), partial(super().write, part))
        return len(content)

    def truncate(self, size: int | None = None) -> int:
        left = self.tell() if size is None else size
        return self._recorder.do(Operation("truncate", self._path, at=left), partial(super().truncate, left))


@contextmanager
def recording(root: Path, fault: Fault = no_fault) -> Iterator[Recorder]:
    """Record what this process does below `root` for the length of a block."""
    recorder = Recorder(root, fault)
    calls = {"mkdir": "mkdir", "unlink": "unlink", "remove": "unlink", "rmdir": "rmdir", "fsync": "sync"}
    stand_ins = {name: recorder.changing(kind, getattr(os, name)) for name, kind in calls.items()}
    stand_ins |= {name: recorder.moving(getattr(os, name)) for name in ("rename", "replace")}
    with ExitStack() as stack:
        stack.enter_context(mock.patch.object(io, "open", recorder.open))
        for name, stand_in in (stand_ins | {"open": recorder.os_open}).items():
            stack.enter_context(mock.patch.object(os, name, stand_in))
        yield recorder
