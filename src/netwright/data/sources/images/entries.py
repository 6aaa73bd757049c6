"""Which images a folder or an archive holds, and what their places say of them.

A path is `class/image.jpg`, or `train/class/image.jpg` where all top folders are named as parts. An image that lies in
no folder has no label: for predictions. A folder around everything is looked into.
"""

import os
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath

from netwright.core.foreign import read_named
from netwright.data.sources.images.decode import ENDINGS, MOST_BYTES
from netwright.data.sources.tables.archives import HARMLESS, PACKED, TIGHT, members_of
from netwright.data.sources.tables.text_folders import PARTS

LOOKED_AT = 2_000  # files of a folder that tell whether it holds images


@dataclass(frozen=True)
class Entry:
    """An image that was not opened yet."""

    name: str  # below the source
    label: str | None
    part: str | None  # train, validation, test
    read: Callable[[], bytes]  # raises OSError


def holds_images(path: Path) -> bool:
    """Whether a folder or a zip archive holds images, and no table."""
    try:
        if path.is_dir():
            files = _first_files(path)
            images = sum(map(_is_image, files))
            return images > sum(name.lower().endswith(".txt") for name in files)  # most, so that notes may lie beside
        if path.suffix.lower() != ".zip" or not path.is_file():
            return False
        names = list(members_of(path, str(path)))
    except OSError:  # it may not be looked into, or is no name at all: whoever reads it says so
        return False
    images = sum(map(_is_image, names))
    return images > len(names) // 2


def _first_files(path: Path) -> list[str]:
    found: list[str] = []
    for _, folders, files in os.walk(path):
        folders.sort()
        found += files
        if len(found) > LOOKED_AT:
            break
    return found


def entries_of(path: Path) -> tuple[list[Entry], int]:
    """Return the images in the order of their names, and the number of other files, which are not looked at."""
    places = _in_archive(path) if path.is_file() else _in_folder(path)
    names = sorted(filter(_is_image, places))
    folders = _without_wrapping({name: PurePosixPath(name).parts[:-1] for name in names})
    parted = bool(folders) and all(len(tops) > 1 and tops[0].lower() in PARTS for tops in folders.values())
    found = [
        Entry(name, tops[parted] if tops else None, tops[0].lower() if parted else None, places[name])
        for name, tops in folders.items()
    ]
    return found, len(places) - len(names)


def _is_image(name: str) -> bool:
    place = PurePosixPath(name)
    return place.suffix.lower() in ENDINGS and not any(part.startswith((".", "__MACOSX")) for part in place.parts)


def _in_folder(root: Path) -> dict[str, Callable[[], bytes]]:
    found: dict[str, Callable[[], bytes]] = {}
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for file in files:
            if not file.startswith("."):
                path = Path(folder) / file
                found[path.relative_to(root).as_posix()] = partial(read_named, path, MOST_BYTES)
    return found


def _in_archive(path: Path) -> dict[str, Callable[[], bytes]]:
    """Nothing is unpacked to disk, so names lead nowhere."""
    infos = members_of(path, str(path))
    archive = zipfile.ZipFile(path)  # open as long as its entries: threads may read from it beside each other
    return {name: partial(_read_member, archive, info) for name, info in infos.items() if "__MACOSX" not in name}


def _read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    if info.file_size > MOST_BYTES or info.compress_type not in PACKED:
        raise OSError(f"it has {info.file_size:,} bytes, or is packed in a way that is not read")
    if info.file_size > max(HARMLESS, TIGHT * info.compress_size):
        raise OSError(f"{info.compress_size:,} bytes that become {info.file_size:,}: it is made to fill the memory")
    try:
        with archive.open(info) as file:
            return file.read(MOST_BYTES)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, ValueError) as error:
        raise OSError(str(error)) from error


def _without_wrapping(folders: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Leave out the folders that lie around everything."""
    while len({tops[:1] for tops in folders.values()}) == 1 and all(len(tops) > 1 for tops in folders.values()):
        folders = {name: tops[1:] for name, tops in folders.items()}
    return folders
