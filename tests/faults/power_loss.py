"""A file system in memory that forgets, when the power goes, whatever POSIX does not promise to keep.

Bytes of a file are safe once the file was synced; a name (made, moved or removed) once the folder that holds it was.
Of the rest, any part may have reached the disk: every subset of the names is tried, and five fates of the bytes.
After Pillai et al., "All File Systems Are Not Created Equal" (OSDI 2014), and Mohan et al., "Finding Crash-Consistency
Bugs with Bounded Black-Box Crash Testing" (OSDI 2018). A rename is all or nothing, as POSIX has it.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

from tests.faults.recorded_io import Operation

MOST_PENDING = 14  # names that wait for a sync; every subset of them is tried

Snapshot = tuple[tuple[str, bytes | None], ...]  # path and content, None for a folder; sorted


@dataclass(eq=False)
class File:
    content: bytes = b""
    safe: bytes = b""


@dataclass(eq=False)
class Folder:
    entries: dict[str, "File | Folder"] = field(default_factory=dict)
    safe: dict[str, "File | Folder"] = field(default_factory=dict)


Node = File | Folder
Names = dict[str, Node | None]  # what a change makes of names in one folder; None removes
Fate = Callable[[bytes, bytes], bytes]  # what is safe, what was written since
FATES: dict[str, Fate] = {
    "cut": lambda safe, new: safe,
    "half": lambda safe, new: safe + new[: len(new) // 2],
    "zeros": lambda safe, new: safe + bytes(len(new)),  # the size was kept, the bytes were not
    "kept": lambda safe, new: safe + new,
}


class Disk:
    """What programs see, and what the disk would hold if the power went now."""

    def __init__(self, folder: Path) -> None:
        """Begin with a copy of a folder, all of it safe."""
        self.root = _copy(folder)
        self.pending: list[tuple[Folder, Names]] = []

    def apply(self, operation: Operation) -> None:
        """Take over one recorded operation."""
        getattr(self, f"_{operation.name}")(operation)

    def states(self) -> Iterator[Snapshot]:
        """Yield what may be found after a loss of power now; some of it more than once."""
        assert len(self.pending) <= MOST_PENDING, f"{len(self.pending)} names wait for a sync: too many to try"
        for happened in product((False, True), repeat=len(self.pending)):
            found = {id(folder): dict(folder.safe) for folder in _folders(self.root, self.pending)}
            for (folder, names), kept in zip(self.pending, happened, strict=True):
                if kept:
                    _change(found[id(folder)], names)
            for fate in (*FATES.values(), None):
                yield tuple(sorted(_walk(self.root, "", found, fate)))

    def _create(self, operation: Operation) -> None:
        self._names(operation.path, lambda name: {name: File()})

    def _mkdir(self, operation: Operation) -> None:
        self._names(operation.path, lambda name: {name: Folder()})

    def _unlink(self, operation: Operation) -> None:
        self._names(operation.path, lambda name: {name: None})

    _rmdir = _unlink

    def _rename(self, operation: Operation) -> None:
        assert Path(operation.path).parent == Path(operation.target).parent, "only renames within a folder are modelled"
        node = self._find(operation.path)
        self._names(operation.path, lambda name: {name: None, Path(operation.target).name: node})

    def _write(self, operation: Operation) -> None:
        file = self._file(operation.path)
        before = file.content.ljust(operation.at, b"\0")
        file.content = before[: operation.at] + operation.content + before[operation.at + len(operation.content) :]

    def _truncate(self, operation: Operation) -> None:
        file = self._file(operation.path)
        file.content = file.content[: operation.at].ljust(operation.at, b"\0")

    def _sync(self, operation: Operation) -> None:
        node = self._find(operation.path)
        if isinstance(node, File):
            node.safe = node.content
            return
        for folder, names in self.pending:
            if folder is node:
                _change(folder.safe, names)
        self.pending = [(folder, names) for folder, names in self.pending if folder is not node]

    def _names(self, path: str, names_for: Callable[[str], Names]) -> None:
        folder = self._find(str(Path(path).parent))
        assert isinstance(folder, Folder)
        names = names_for(Path(path).name)
        _change(folder.entries, names)
        self.pending.append((folder, names))

    def _find(self, path: str) -> Node:
        node: Node = self.root
        for part in Path(path).parts:
            assert isinstance(node, Folder)
            node = node.entries[part]
        return node

    def _file(self, path: str) -> File:
        file = self._find(path)
        assert isinstance(file, File)
        return file


def lay_out(snapshot: Snapshot, folder: Path) -> None:
    """Write a snapshot to a real folder."""
    for path, content in snapshot:
        if content is None:
            (folder / path).mkdir(parents=True, exist_ok=True)
        else:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)


def _copy(folder: Path) -> Folder:
    entries: dict[str, Node] = {}
    for path in folder.iterdir():
        content = b"" if path.is_dir() else path.read_bytes()
        entries[path.name] = _copy(path) if path.is_dir() else File(content, content)
    return Folder(entries, dict(entries))


def _change(entries: dict[str, Node], names: Names) -> None:
    for name, node in names.items():
        entries.pop(name, None)
        if node is not None:
            entries[name] = node


def _folders(root: Folder, pending: Iterable[tuple[Folder, Names]]) -> Iterator[Folder]:
    """Yield every folder that a crash may show, whatever its name is then; some more than once."""
    waiting: list[Node] = [root, *(folder for folder, _ in pending)]
    waiting += [node for _, names in pending for node in names.values() if node is not None]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Folder):
            yield node
            waiting += [*node.safe.values()]


def _found(file: File, fate: Fate | None) -> bytes:
    """Return what a crash leaves in a file. What was safe stays only where nothing but more was written."""
    if fate is None or file.content == file.safe:
        return file.safe
    kept = file.safe if file.content.startswith(file.safe) else b""
    return fate(kept, file.content[len(kept) :])


def _walk(
    folder: Folder, prefix: str, found: dict[int, dict[str, Node]], fate: Fate | None
) -> Iterator[tuple[str, bytes | None]]:
    for name, node in found[id(folder)].items():
        if isinstance(node, File):
            yield prefix + name, _found(node, fate)
        else:
            yield prefix + name, None
            yield from _walk(node, f"{prefix}{name}/", found, fate)
