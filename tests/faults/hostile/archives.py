"""Archives and compressed files: names that lead outside, and few bytes that become many."""

import bz2
import gzip
import io
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

from hostile.desk import Case, Desk
from hostile.harm import MUCH, believes, fills, reaches

ZIP = "t.zip"
PREDICT_ZIP = ("predict", "{run}", "{inbox}/t.zip", "--output", "{work}/out.csv")
PREDICT_GZIP = ("predict", "{run}", "{inbox}/t.csv.gz", "--output", "{work}/out.csv")
READ = ("predictions out",)
BOMB = ("grows at most 100 times",)
LINE = b"0,0,0,0,0,0,0,0,0,0,0,0,0,0,0\n"
BLOCK = LINE * (1 << 19)  # 15 MB
PIECES = 10
ENTRIES = 300_000


def member(name: str | Callable[[Desk], str]) -> Callable[[Desk], None]:
    """An archive with one table, under a name that leads somewhere."""

    def plant(desk: Desk) -> None:
        with zipfile.ZipFile(desk.inbox / ZIP, "w") as archive:
            info = zipfile.ZipInfo("t.csv")
            info.filename = name if isinstance(name, str) else name(desk)
            archive.writestr(info, (desk.inbox / "new.csv").read_bytes())

    return plant


def unpacks(desk: Desk) -> str:
    """Write each member where its name says, as many a script does."""

    def unpack() -> None:
        with zipfile.ZipFile(desk.inbox / ZIP) as archive:
            for info in archive.infolist():
                path = desk.inbox / "a" / "b" / info.filename.replace("\\", "/")
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(archive.read(info))

    return reaches(desk, unpack)


def _add(archive: zipfile.ZipFile, name: str, kind: int, content: bytes) -> None:
    info = zipfile.ZipInfo(name)
    info.create_system, info.external_attr = 3, (kind | 0o644) << 16
    archive.writestr(info, content)


def _link_then_file(desk: Desk) -> None:
    with zipfile.ZipFile(desk.inbox / ZIP, "w") as archive:
        _add(archive, "door", stat.S_IFLNK, str(desk.outside).encode())
        _add(archive, "door/t.csv", stat.S_IFREG, (desk.inbox / "new.csv").read_bytes())


def _unpack_as_told(desk: Desk) -> str:
    """Make links where the archive has links, then write through them."""

    def unpack() -> None:
        with zipfile.ZipFile(desk.inbox / ZIP) as archive:
            for info in archive.infolist():
                path = desk.work / info.filename
                if stat.S_ISLNK(info.external_attr >> 16):
                    path.symlink_to(archive.read(info).decode())
                else:
                    path.write_bytes(archive.read(info))

    return reaches(desk, unpack)


def _pipe_entry(desk: Desk) -> None:
    with zipfile.ZipFile(desk.inbox / ZIP, "w") as archive:
        _add(archive, "t.csv", stat.S_IFIFO, (desk.inbox / "new.csv").read_bytes())


def _make_pipe(desk: Desk) -> str:
    kind = zipfile.ZipFile(desk.inbox / ZIP).infolist()[0].external_attr >> 16
    os.mkfifo(desk.work / "t.csv", kind & 0o777)
    return believes(stat.S_ISFIFO(kind) and (desk.work / "t.csv").is_fifo(), "makes a pipe on the disk")


def zip_of(content: Callable[[], bytes], method: int = zipfile.ZIP_DEFLATED) -> Callable[[Desk], None]:
    def plant(desk: Desk) -> None:
        with zipfile.ZipFile(desk.inbox / ZIP, "w", method) as archive:
            archive.writestr("t.csv", content())

    return plant


def _deflate_bomb(desk: Desk) -> None:
    _write_bomb(desk.inbox / ZIP)


def _write_bomb(path: Path | io.BytesIO) -> None:
    """150 MB of one line, written block by block."""
    archive = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6)
    with archive, archive.open("t.csv", "w") as file:
        for _ in range(PIECES):
            file.write(BLOCK)


def _read_member(desk: Desk) -> bytes:
    return zipfile.ZipFile(desk.inbox / ZIP).read("t.csv")


def patched(plant: Callable[[Desk], None], size: int) -> Callable[[Desk], None]:
    """Say another size of the unpacked member, in both places where an archive says it."""

    def lie(desk: Desk) -> None:
        plant(desk)
        path = desk.inbox / ZIP
        content = bytearray(path.read_bytes())
        for mark, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
            place = content.rindex(mark) + at
            content[place : place + 4] = struct.pack("<I", size)
        path.write_bytes(content)

    return lie


def _inflate(desk: Desk) -> bytes:
    """Unpack what lies behind the local header, whatever size it names."""
    content = (desk.inbox / ZIP).read_bytes()
    name, extra = struct.unpack("<HH", content[26:30])
    return zlib.decompressobj(-15).decompress(content[30 + name + extra :])


def _bzip2(desk: Desk) -> None:
    zip_of(lambda: bytes(1 << 25), zipfile.ZIP_BZIP2)(desk)
    patched(lambda _: None, 99)(desk)


def _bunzip2(desk: Desk) -> bytes:
    """Pieces of 32 MB from 45 bytes each: enough of them, and the memory is full."""
    content = (desk.inbox / ZIP).read_bytes()
    packed = content[content.index(b"BZh") : content.rindex(b"PK\x01\x02")]
    return b"".join(bz2.BZ2Decompressor().decompress(packed) for _ in range(12))


def _many_entries(desk: Desk) -> None:
    """A list of 300,000 members that share one empty file: 16 MB."""
    entry = b"PK\x01\x02" + struct.pack("<6H3I5H2I", 20, 20, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0)
    directory = b"".join(entry + b"%08d" % number for number in range(ENTRIES))
    local = b"PK\x03\x04" + bytes(26)
    long = struct.pack("<4sQ2H2I4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, ENTRIES, ENTRIES, len(directory), len(local))
    find = struct.pack("<4sIQI", b"PK\x06\x07", 0, len(local) + len(directory), 1)
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    (desk.inbox / ZIP).write_bytes(local + directory + long + find + end)


def _list_entries(desk: Desk) -> str:
    return fills(lambda: zipfile.ZipFile(desk.inbox / ZIP))


def _zip_in_zip(desk: Desk) -> None:
    inner = io.BytesIO()
    _write_bomb(inner)
    zip_of(inner.getvalue)(desk)


def _unzip_all_the_way(desk: Desk) -> bytes:
    content = _read_member(desk)
    while zipfile.is_zipfile(io.BytesIO(content)):
        content = zipfile.ZipFile(io.BytesIO(content)).read("t.csv")
    return content


def _gzip_bomb(desk: Desk) -> None:
    """A gzip file may hold many pieces, one after another: 150 MB in 10 of them."""
    (desk.inbox / "t.csv.gz").write_bytes(gzip.compress(BLOCK, 6) * PIECES)


def _gunzip(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes())


def _gzip_in_gzip(desk: Desk) -> None:
    (desk.inbox / "t.csv.gz").write_bytes(gzip.compress(gzip.compress(BLOCK, 6) * PIECES))


def _gunzip_all_the_way(desk: Desk) -> bytes:
    content = (desk.inbox / "t.csv.gz").read_bytes()
    while content.startswith(b"\x1f\x8b"):
        content = gzip.decompress(content)
    return content


assert len(BLOCK) * PIECES > MUCH

CASES = [
    Case("zip: a member ../../../outside/t.csv", member("../../../outside/t.csv"), PREDICT_ZIP, READ, unpacks, 0),
    Case("zip: a member with an absolute path", member(lambda desk: str(desk.outside / "t.csv")), PREDICT_ZIP, READ,
         unpacks, 0),
    Case("zip: a member with backslashes", member("..\\..\\..\\outside\\t.csv"), PREDICT_ZIP, READ, unpacks, 0),
    Case("zip: a symbolic link, then a file through it", _link_then_file, PREDICT_ZIP, READ, _unpack_as_told, 0),
    Case("zip: a member that is a pipe", _pipe_entry, PREDICT_ZIP, READ, _make_pipe, 0),
    Case("zip: 150 MB from 1", _deflate_bomb, PREDICT_ZIP, BOMB, lambda desk: fills(lambda: _read_member(desk))),
    Case("zip: 150 MB that say they are 99 bytes", patched(_deflate_bomb, 99), PREDICT_ZIP, ("to its end",),
         lambda desk: fills(lambda: _inflate(desk))),
    Case("zip: bzip2 that says it is 99 bytes", _bzip2, PREDICT_ZIP, ("stored or deflated",),
         lambda desk: fills(lambda: _bunzip2(desk))),
    Case("zip: 300,000 members", _many_entries, PREDICT_ZIP, ("a list of members",), _list_entries),
    Case("zip: an archive in an archive", _zip_in_zip, PREDICT_ZIP, ("binary file",),
         lambda desk: fills(lambda: _unzip_all_the_way(desk))),
    Case("gzip: 150 MB from 1", _gzip_bomb, PREDICT_GZIP, BOMB,
         lambda desk: fills(lambda: _gunzip(desk.inbox / "t.csv.gz"))),
    Case("gzip: gzip in gzip", _gzip_in_gzip, PREDICT_GZIP, ("binary file",),
         lambda desk: fills(lambda: _gunzip_all_the_way(desk))),
]  # fmt: skip
