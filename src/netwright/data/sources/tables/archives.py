"""From what the user typed to a stream of bytes: a file, a pipe, a .gz, or one member of a .zip ("a.zip::b.csv")."""

import gzip
import hashlib
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from io import BufferedIOBase
from pathlib import Path, PurePosixPath

from netwright.core.errors import SourceError, nearest
from netwright.data.sources.tables.pipes import as_file

BLOCK = 1 << 24  # bytes; bounds the memory that reading takes
TABLE_ENDINGS = (
    *(".csv", ".tsv", ".txt", ".data", ".dat", ".tab"),
    *(".parquet", ".pq", ".jsonl", ".ndjson", ".json", ".feather", ".arrow", ".ipc"),
)
_DAMAGE = (EOFError, OSError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError)


@dataclass(frozen=True)
class Opened:
    """A source that can be read again from its start."""

    name: str  # as given
    ending: str  # ".csv"; that of the member or of the name before .gz
    size: int  # bytes on disk, an upper or lower bound where compressed
    path: Path
    open: Callable[[], BufferedIOBase]

    def blocks(self, size: int = BLOCK) -> Iterator[bytes]:
        """Yield the content in blocks; SourceError where a compressed file is damaged."""
        try:
            with self.open() as file:
                while block := file.read(size):
                    yield block
        except _DAMAGE as error:
            raise SourceError(f"{self.name}: expected a file that can be read to its end, got: {error}") from error

    def start(self, size: int) -> bytes:
        """First bytes of the content."""
        return next(self.blocks(size), b"")

    def fingerprint(self) -> str:
        """sha256 of the content."""
        digest = hashlib.sha256()
        for block in self.blocks(1 << 20):
            digest.update(block)
        return digest.hexdigest()


def locate(source: str | Path) -> Opened:
    """Find the file that `source` names.

    Raises:
        SourceError: no such file (the nearest name is offered), a folder, or no such member.
    """
    name = str(source)
    file_name, _, member = name.partition("::")
    path = Path(file_name).expanduser()
    path = as_file(path, name)
    _check_file(path, name)
    if path.suffix.lower() == ".zip" or _is_zip(path):
        return _in_zip(path, name, member)
    ending = path.suffix.lower()
    if ending == ".gz" or _starts_with(path, b"\x1f\x8b"):
        ending = Path(path.stem).suffix.lower()
        return Opened(name, ending, path.stat().st_size, path, partial(_open_gzip, path))
    return Opened(name, ending, path.stat().st_size, path, partial(_open_file, path))


def _open_file(path: Path) -> BufferedIOBase:
    return path.open("rb")


def _open_gzip(path: Path) -> BufferedIOBase:
    return gzip.open(path, "rb")


def _open_member(path: Path, member: str) -> BufferedIOBase:
    return zipfile.ZipFile(path).open(member)  # type: ignore[return-value]  # a ZipExtFile, which is one


def _check_file(path: Path, name: str) -> None:
    if path.is_dir():
        raise SourceError(f"{name}: expected a file, got a folder; name one file in it")
    if not path.exists():
        folder = path.parent if path.parent.is_dir() else Path()
        files = [entry.name for entry in folder.iterdir() if entry.is_file()]
        raise SourceError(f"{name}: expected a file, but there is none of that name; {nearest(path.name, files)}")
    try:
        size = path.stat().st_size
        path.open("rb").close()
    except OSError as error:
        raise SourceError(f"{name}: expected a file that may be read, got: {error.strerror}") from error
    if not size:
        raise SourceError(f"{name}: expected a table, got an empty file")


def _starts_with(path: Path, magic: bytes) -> bool:
    with path.open("rb") as file:
        return file.read(len(magic)) == magic


def _is_zip(path: Path) -> bool:
    return _starts_with(path, b"PK\x03\x04")


def _in_zip(path: Path, name: str, member: str) -> Opened:
    if path.suffix.lower() in (".xlsx", ".xlsm", ".ods"):
        raise SourceError(f"{name}: expected text or Parquet, got a spreadsheet; save the sheet as CSV and read that")
    try:
        with zipfile.ZipFile(path) as archive:
            infos = {info.filename: info.file_size for info in archive.infolist() if not info.is_dir()}
    except zipfile.BadZipFile as error:
        raise SourceError(f"{name}: expected a zip archive, got: {error}") from error
    member = member or _only_table(name, list(infos))
    if member not in infos:
        raise SourceError(f"{name}: the archive has no member {member!r}; {nearest(member, infos)}")
    if not infos[member]:
        raise SourceError(f"{name}: expected a table, got an empty member {member!r}")
    return Opened(name, PurePosixPath(member).suffix.lower(), infos[member], path, partial(_open_member, path, member))


def _only_table(name: str, members: list[str]) -> str:
    tables = [member for member in members if member.lower().endswith(TABLE_ENDINGS) and "__MACOSX" not in member]
    if len(tables) == 1:
        return tables[0]
    shown = ", ".join(tables[:12]) or ", ".join(members[:12]) or "nothing"
    raise SourceError(f"{name}: expected one table in the archive, got {len(tables)} ({shown}); write {name}::MEMBER")
