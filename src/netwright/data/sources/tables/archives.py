"""From what the user typed to a stream of bytes: a file, a pipe, a .gz, or one member of a .zip ("a.zip::b.csv")."""

import gzip
import hashlib
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from io import BufferedIOBase, FileIO
from pathlib import Path, PurePosixPath

from netwright.core.errors import SourceError, nearest
from netwright.data.sources.tables.pipes import as_file

BLOCK = 1 << 24  # bytes; bounds the memory that reading takes
TABLE_ENDINGS = (
    *(".csv", ".tsv", ".txt", ".data", ".dat", ".tab"),
    *(".parquet", ".pq", ".jsonl", ".ndjson", ".json", ".feather", ".arrow", ".ipc"),
)
MOST_DIRECTORY = 1 << 22  # bytes of an archive's list of members: some 50,000
PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # others are expanded in one piece, however large
TIGHT, HARMLESS = 100, 1 << 26  # a bomb grows more than so many times, to more than so many bytes
_DAMAGE = (
    *(EOFError, OSError, OverflowError, UnicodeDecodeError, struct.error),
    *(zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError),
)
_NO_ARCHIVE = (zipfile.BadZipFile, NotImplementedError, OSError, OverflowError, ValueError, struct.error)


@dataclass(frozen=True)
class Opened:
    """A source that can be read again from its start."""

    name: str  # as given
    ending: str  # ".csv"; that of the member or of the name before .gz
    size: int  # bytes on disk, an upper or lower bound where compressed
    path: Path
    open: Callable[[], BufferedIOBase]
    packed: int | None = None  # bytes that the content takes up on disk, where it is compressed

    def blocks(self, size: int = BLOCK) -> Iterator[bytes]:
        """Yield the content in blocks; SourceError where a compressed file is damaged, or made to fill the memory."""
        done = 0
        try:
            with self.open() as file:
                while block := file.read(size):
                    done += len(block)
                    if self.packed is not None:
                        refuse_bomb(self.name, done, self.packed)
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
    path = _path_of(file_name, name)
    _check_file(path, name)
    if path.suffix.lower() == ".zip" or _is_zip(path):
        return _in_zip(path, name, member)
    ending = path.suffix.lower()
    if ending == ".gz" or _starts_with(path, b"\x1f\x8b"):
        ending = Path(path.stem).suffix.lower()
        size = path.stat().st_size
        return Opened(name, ending, size, path, partial(_open_gzip, path), size)
    return Opened(name, ending, path.stat().st_size, path, partial(_open_file, path))


def refuse_bomb(name: str, content: int, packed: int) -> None:
    """Raise SourceError where so few bytes on disk become so many that somebody meant it."""
    if content > HARMLESS and content > TIGHT * packed:
        raise SourceError(
            f"{name}: expected a file that grows at most {TIGHT} times, got {packed:,} bytes that become {content:,} "
            "or more; if you trust it, unpack it or write it as CSV, and name that"
        )


def _path_of(file_name: str, name: str) -> Path:
    try:
        return as_file(Path(file_name).expanduser(), name)
    except SourceError:
        raise
    except (OSError, ValueError, RuntimeError) as error:  # too long a name, a NUL in it, an unknown user's home
        reason = getattr(error, "strerror", None) or error
        raise SourceError(f"{name[:80]!r}: expected the path of a file, got: {reason}") from error


def _open_file(path: Path) -> BufferedIOBase:
    return path.open("rb")


def _open_gzip(path: Path) -> BufferedIOBase:
    return gzip.open(path, "rb")


def _open_member(path: Path, member: str) -> BufferedIOBase:
    return zipfile.ZipFile(path).open(member)  # type: ignore[return-value]  # a ZipExtFile, which is one


def _check_file(path: Path, name: str) -> None:
    if path.is_dir():
        expected = "a file, or a folder with a folder of images or .txt files for each class"
        raise SourceError(f"{name}: expected {expected}, got another folder; name one file in it")
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
    infos = members_of(path, name)
    member = member or _only_table(name, list(infos))
    if member not in infos:
        raise SourceError(f"{name}: the archive has no member {member!r}; {nearest(member, infos)}")
    info = infos[member]
    if not info.file_size:
        raise SourceError(f"{name}: expected a table, got an empty member {member!r}")
    if info.compress_type not in PACKED:
        raise SourceError(f"{name}: expected a member that is stored or deflated, got another method; unpack it")
    refuse_bomb(name, info.file_size, info.compress_size)
    ending = PurePosixPath(member).suffix.lower()
    return Opened(name, ending, info.file_size, path, partial(_open_member, path, member), info.compress_size)


def members_of(path: Path, name: str) -> dict[str, zipfile.ZipInfo]:
    """Return what an archive lists, but for folders; nothing is ever unpacked to disk, so names lead nowhere."""
    try:
        with _Listing(path) as file, zipfile.ZipFile(file) as archive:
            return {info.filename: info for info in archive.infolist() if not info.is_dir()}
    except _NO_ARCHIVE as error:
        raise SourceError(f"{name}: expected a zip archive, got: {error}") from error


class _Listing(FileIO):
    """An archive whose list of members may only be so long: `zipfile` reads it in one piece."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > MOST_DIRECTORY:
            raise zipfile.BadZipFile(f"a list of members of {size:,} bytes, more than {MOST_DIRECTORY:,}")
        return super().read(MOST_DIRECTORY if size is None or size < 0 else size) or b""


def _only_table(name: str, members: list[str]) -> str:
    tables = [member for member in members if member.lower().endswith(TABLE_ENDINGS) and "__MACOSX" not in member]
    if len(tables) == 1:
        return tables[0]
    shown = ", ".join(tables[:12]) or ", ".join(members[:12]) or "nothing"
    raise SourceError(f"{name}: expected one table in the archive, got {len(tables)} ({shown}); write {name}::MEMBER")
