"""A folder of texts as a table: a row for each .txt file, its label the folder that it lies in."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from netwright.core.errors import SourceError
from netwright.core.foreign import read_named
from netwright.core.values import Choice, Rejected
from netwright.data.sources.tables.normal import typed_table
from netwright.data.table import FILE, ReadOptions, Table

ENDING = ".txt"
TEXT, LABEL = "text", "label"
PARTS = ("train", "training", "test", "testing", "validation", "valid", "val", "dev")
MOST_BYTES = 1 << 20  # of one text; its first words are read, so more says nothing
MARK = "\ufeff"  # of UTF-8 at a file's beginning


@dataclass(frozen=True)
class Read:
    """A file's text, or why it is set aside."""

    name: str  # below the folder
    label: str | None
    text: str
    fault: str = ""


def is_texts(path: Path) -> bool:
    """Whether it is a folder with .txt files in it or in its folders."""
    try:
        return path.is_dir() and any(map(any, map(_files, (path, *_folders(path)))))
    except OSError:  # it may not be looked into, or is no name at all: whoever reads it says so
        return False


def read_texts(path: Path, options: ReadOptions, progress: Callable[[str, float], None]) -> Table:
    """Read every .txt file, in the order of the names; other files are not looked at.

    Args:
        path: the folder. Texts that lie in it directly have no label: for predictions.
        options: the encoding, where it is known; found out for each file otherwise.
        progress: told of the share that is read.

    Raises:
        SourceError: it holds parts (train, test) that must be named one by one.
    """
    _refuse_parts(path)
    places: list[tuple[str | None, Path]] = [(None, file) for file in _files(path)]
    places += [(folder.name, file) for folder in _folders(path) for file in _files(folder)]
    found: list[Read] = []
    for number, (label, file) in enumerate(places):
        progress(f"reading {path.name}", number / len(places))
        found.append(_read(path, label, file, options.encoding))
    torn = tuple(Rejected(row, TEXT, read.name, read.fault) for row, read in enumerate(found, start=1) if read.fault)
    kept = [read for read in found if not read.fault]
    if not kept:
        first = f"{torn[0].value}: {torn[0].reason}"
        raise SourceError(f"{path}: expected {ENDING} files that hold text, got none; the first: {first}")
    columns = {FILE: [read.name for read in kept], TEXT: [read.text for read in kept]}
    labels = {LABEL: [read.label for read in kept]} if any(label for label, _ in places) else {}
    frame = pl.DataFrame(columns | labels, schema_overrides=dict.fromkeys((*columns, *labels), pl.String))
    return typed_table(frame, str(path), options, _choices(path, found, bool(labels)), _fingerprint(found), torn)


def _files(folder: Path) -> Iterator[Path]:
    return iter(sorted(path for path in folder.iterdir() if path.suffix.lower() == ENDING and path.is_file()))


def _folders(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))


def _refuse_parts(path: Path) -> None:
    parts = [folder.name for folder in _folders(path) if folder.name.lower() in PARTS]
    if len(parts) > 1 and not any(_files(path)):
        test = next((name for name in parts if name.lower().startswith("test")), parts[-1])
        first = next((name for name in parts if name.lower().startswith("train")), parts[0])
        raise SourceError(
            f"{path}: expected a folder of texts for each class, got the parts {', '.join(parts)}; "
            f"name them: netwright fit {path / first} --test {path / test}"
        )


def _read(root: Path, label: str | None, file: Path, encoding: str | None) -> Read:
    name = str(file.relative_to(root))
    try:
        content = read_named(file, MOST_BYTES)
        text = _decode(content, encoding)
    except (OSError, LookupError, UnicodeDecodeError) as error:
        return Read(name, label, "", getattr(error, "strerror", None) or str(error))
    if "\0" in text:
        return Read(name, label, "", "it holds a zero byte, so it is no text")
    return Read(name, label, text.removeprefix(MARK).strip())


def _decode(content: bytes, encoding: str | None) -> str:
    if encoding is not None:
        return content.decode(encoding)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _choices(path: Path, found: list[Read], labelled: bool) -> tuple[Choice, ...]:
    said = f"{len(found):,} {ENDING} files below {path}, each a row"
    files = Choice("data.files", len(found), said)
    target = Choice("data.target", LABEL, "the folder that a text lies in")
    return (files, target) if labelled else (files,)


def _fingerprint(found: list[Read]) -> str:
    digest = hashlib.sha256()
    for read in found:
        digest.update(f"{read.name}\0{read.text}\0{read.fault}\0".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()
