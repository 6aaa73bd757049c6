"""Images that are arrays already: IDX files as MNIST's, .npz archives, and arrays in memory."""

import gzip
import hashlib
import math
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from io import BufferedIOBase
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from netwright.core.errors import SourceError
from netwright.core.values import Choice, Rejected
from netwright.data.labels import label_text
from netwright.data.pictures import key_of, keyed
from netwright.data.sources.images.reading import IMAGE, LABEL, PART, shape_asked
from netwright.data.sources.images.store import Shape
from netwright.data.sources.tables.archives import refuse_bomb
from netwright.data.table import ReadOptions, Table, np_rows

MOST_BYTES = 1 << 33  # of an array's content
MAGIC_IMAGES, MAGIC_LABELS = 0x803, 0x801  # bytes of 3 axes, of 1
IDX_PARTS = {"train": "train", "t10k": "test", "test": "test", "val": "validation", "valid": "validation"}
PAIRS = (("x", "y"), ("images", "labels"), ("data", "target"), ("image", "label"), ("features", "labels"))


@dataclass(frozen=True)
class Stack:
    """Images of one part, and their labels where they are known."""

    images: NDArray[np.generic]  # [images, height, width] or with 1, 3 or 4 colours, before or after them
    labels: Sequence[object] | NDArray[np.generic] | None
    part: str | None = None


def is_idx(path: Path) -> bool:
    """Whether it is an IDX file of images, or a folder that holds such files and no image."""
    try:
        return _magic(path) == MAGIC_IMAGES if path.is_file() else bool(_idx_files(path))
    except (OSError, EOFError, zlib.error):  # whoever reads it says what is wrong with it
        return False


def is_npz(path: Path) -> bool:
    try:
        return path.suffix.lower() == ".npz" and path.is_file()
    except OSError:
        return False


def is_stack(source: object) -> bool:
    """Whether a value in memory is an array of images, or a pair of such an array and labels."""
    images = source[0] if isinstance(source, tuple) and len(source) == 2 else source
    return isinstance(images, np.ndarray) and images.ndim in (3, 4) and not images.dtype.names


def read_stack(source: Any, options: ReadOptions) -> Table:
    """Turn images in memory, or (images, labels), into a table; errors as of `table_of_stacks`."""
    images, labels = source if isinstance(source, tuple) else (source, None)
    told = None if labels is None else np.asarray(labels).ravel()
    return table_of_stacks([Stack(images, told)], "images in memory", options, "the second of the pair (X, y)")


def read_idx(path: Path, options: ReadOptions) -> Table:
    """Read IDX files: one of images with its labels beside it, or a folder with those of each part.

    Raises:
        SourceError: a file is damaged, or labels and images do not go together.

    Source: Y. LeCun, C. Cortes, C. Burges, The MNIST database of handwritten digits, 1998.
    """
    files = [path] if path.is_file() else _idx_files(path)
    stacks = [_idx_stack(file, len(files) > 1) for file in files]
    return table_of_stacks(stacks, str(path), options, "the labels file beside the images")


def read_npz(path: Path, options: ReadOptions) -> Table:
    """Read arrays x and y (or images and labels) of an .npz archive, or x_train, y_train, x_test, y_test.

    Raises:
        SourceError: no such arrays, or objects in them, which would be code.
    """
    return table_of_stacks(load_stacks(path), str(path), options, "the array of labels")


def load_stacks(path: Path) -> list[Stack]:
    """Return the arrays of an .npz archive that hold rows, and their labels; errors as of `read_npz`."""
    try:
        with np.load(path, allow_pickle=False) as archive:
            names = {name.lower(): name for name in archive.files}
            stacks = _npz_stacks(archive, names)
    except (ValueError, OSError, zipfile.BadZipFile, EOFError, KeyError) as error:
        raise SourceError(f"{path}: expected an .npz archive of numbers, got: {error}") from error
    if not stacks:
        expected = "arrays x and y, images and labels, or x_train, y_train, x_test and y_test"
        raise SourceError(f"{path}: expected {expected}, got {', '.join(names) or 'none'}; save them under these names")
    return stacks


def table_of_stacks(stacks: Sequence[Stack], source: str, options: ReadOptions, labels_reason: str) -> Table:
    """Turn arrays into a table; images with a number that is not finite are set aside.

    Raises:
        SourceError: an array is of no images, or has not as many labels as images.
    """
    parts = [_bytes_of(stack.images, source) for stack in stacks]
    if len({pixels.shape[1:] for pixels, _ in parts}) > 1:
        shapes = ", ".join(str(pixels.shape[1:]) for pixels, _ in parts)
        raise SourceError(f"{source}: expected images of one shape, got {shapes}")
    for stack, (pixels, _) in zip(stacks, parts, strict=True):
        if stack.labels is not None and len(stack.labels) != len(pixels):
            raise SourceError(f"{source}: expected {len(pixels):,} labels, one an image, got {len(stack.labels):,}")
    pixels = np.concatenate([part for part, _ in parts]) if len(parts) > 1 else parts[0][0]
    sound = np.concatenate([keep for _, keep in parts])
    pixels, shape = _resized(pixels, options)
    keys = [key_of(image) for image in pixels]
    frame = _frame(stacks, keys)
    rejected = [Rejected(int(at) + 1, IMAGE, "", "a number is not finite") for at in np.flatnonzero(~sound)]
    table = Table(
        frame=frame,
        row=np_rows(list(range(1, len(keys) + 1))),
        rejected=(),
        total=len(keys),
        source=source,
        choices=_choices(frame, shape, labels_reason),
        missing={},
        fingerprint=hashlib.sha256("\0".join([*keys, *map(str, frame.rows())]).encode()).hexdigest(),
        pictures=keyed(IMAGE, pixels, keys),
    )
    return table.set_aside(sound, rejected)


def _magic(path: Path) -> int:
    with _opened(path) as file:
        return int.from_bytes(file.read(4), "big")


def _opened(path: Path) -> BufferedIOBase:
    return gzip.open(path) if path.suffix.lower() == ".gz" else path.open("rb")


def _idx_files(folder: Path) -> list[Path]:
    names = [path for path in sorted(folder.iterdir()) if path.is_file() and "idx3" in path.name.lower()]
    return [path for path in names if _magic(path) == MAGIC_IMAGES]


def _idx_stack(path: Path, parted: bool) -> Stack:
    images = _read_idx(path, MAGIC_IMAGES)
    beside = path.with_name(path.name.replace("images", "labels").replace("idx3", "idx1"))
    labels = _read_idx(beside, MAGIC_LABELS) if beside != path and beside.exists() else None
    part = IDX_PARTS.get(path.name.lower().replace(".", "-").split("-")[0]) if parted else None
    return Stack(images, labels, part or ("train" if parted else None))


def _read_idx(path: Path, magic: int) -> NDArray[np.uint8]:
    axes = magic & 0xFF
    try:
        with _opened(path) as file:
            head = file.read(4 + 4 * axes)
            shape = [int.from_bytes(head[at : at + 4], "big") for at in range(4, len(head), 4)]
            size = math.prod(shape)
            if len(shape) != axes or int.from_bytes(head[:4], "big") != magic or size > MOST_BYTES:
                raise SourceError(f"{path}: expected an IDX file of bytes with {axes} axes, got another file")
            if path.suffix.lower() == ".gz":
                refuse_bomb(str(path), size, path.stat().st_size)
            content = file.read(size)
    except (OSError, EOFError) as error:
        raise SourceError(f"{path}: expected an IDX file that can be read to its end, got: {error}") from error
    if len(content) < size:
        raise SourceError(f"{path}: expected {size:,} bytes after its head, got {len(content):,}: it was cut off")
    return np.frombuffer(content, np.uint8).reshape(shape)


def _npz_stacks(archive: "np.lib.npyio.NpzFile", names: dict[str, str]) -> list[Stack]:
    for images, labels in PAIRS:
        parts = [part for part in ("train", "validation", "val", "test") if f"{images}_{part}" in names]
        if "train" in parts:
            told = [(names[f"{images}_{part}"], names.get(f"{labels}_{part}"), part) for part in parts]
            return [Stack(archive[x], None if y is None else archive[y].ravel(), part) for x, y, part in told]
        if images in names:
            y = names.get(labels)
            return [Stack(archive[names[images]], None if y is None else archive[y].ravel())]
    return []


def _bytes_of(images: NDArray[np.generic], source: str) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Return pixels as bytes [n, channels, height, width], and which images hold finite numbers alone."""
    if images.ndim not in (3, 4) or not len(images) or images.dtype.kind not in "buif":
        expected = "images as numbers [n, height, width] or [n, height, width, 1, 3 or 4]"
        raise SourceError(f"{source}: expected {expected}, got {images.dtype} {list(images.shape)}")
    if images.ndim == 3:
        images = images[:, None]
    elif images.shape[-1] in (1, 3, 4) and images.shape[1] not in (1, 3):
        images = images.transpose(0, 3, 1, 2)
    if images.shape[1] == 4:
        images = images[:, :3]
    if images.shape[1] not in (1, 3) or 0 in images.shape:
        raise SourceError(f"{source}: expected 1, 3 or 4 colours, got images of shape {list(images.shape[1:])}")
    if images.dtype == np.uint8:
        return np.ascontiguousarray(images), np.ones(len(images), dtype=bool)
    return _scaled(images)


def _scaled(images: NDArray[np.generic]) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Numbers from 0 to 1 times 255, others up to 255 as they are, and any other range stretched to 0 to 255."""
    numbers = images.astype(np.float32)
    sound = np.asarray(np.isfinite(numbers).all(axis=(1, 2, 3)))
    finite = numbers[sound]
    low, high = (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 1.0)
    if low >= 0.0 and high <= 255.0:
        low, high = 0.0, 1.0 if high <= 1.0 else 255.0
    scaled = (np.nan_to_num(numbers, posinf=0.0, neginf=0.0) - low) * (255.0 / max(high - low, 1e-30))
    return np.asarray(scaled.round().clip(0, 255), dtype=np.uint8), sound


def _resized(pixels: NDArray[np.uint8], options: ReadOptions) -> tuple[NDArray[np.uint8], Shape]:
    asked = shape_asked(options)
    channels, height, width = pixels.shape[1:]
    if asked is None:
        return pixels, Shape(height, width, channels, "as the array has them")
    if channels != asked.channels:
        channels = asked.channels
        pixels = np.repeat(pixels, 3, axis=1) if channels == 3 else _grey(pixels)
    if (height, width) != (asked.height, asked.width):
        pixels = np.stack([_resize(image, asked) for image in pixels])
    return pixels, asked


def _grey(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    weights = np.array([0.299, 0.587, 0.114], dtype=np.float32)  # ITU-R BT.601, as Pillow's
    return np.asarray(np.einsum("nchw,c->nhw", pixels, weights).round()[:, None], dtype=np.uint8)


def _resize(image: NDArray[np.uint8], shape: Shape) -> NDArray[np.uint8]:
    from PIL import Image

    size = (shape.width, shape.height)
    planes = [Image.fromarray(plane).resize(size, Image.Resampling.BILINEAR) for plane in image]
    return np.stack([np.asarray(plane) for plane in planes])


def _frame(stacks: Sequence[Stack], keys: list[str]) -> pl.DataFrame:
    columns = {IMAGE: pl.Series(IMAGE, keys, dtype=pl.String)}
    if all(stack.labels is not None for stack in stacks):
        labels = [label_text(pl.Series(LABEL, np.asarray(stack.labels).tolist())) for stack in stacks]
        columns[LABEL] = pl.concat(labels)
    if any(stack.part for stack in stacks):
        parts = [part for stack in stacks for part in [stack.part] * len(stack.images)]
        columns[PART] = pl.Series(PART, parts, dtype=pl.String)
    return pl.DataFrame(columns)


def _choices(frame: pl.DataFrame, shape: Shape, labels_reason: str) -> tuple[Choice, ...]:
    found = [Choice("data.image_size", [shape.height, shape.width], shape.reason)]
    if LABEL in frame.columns:
        found.append(Choice("data.target", LABEL, labels_reason))
    if PART in frame.columns:
        found.append(Choice("split.column", PART, "the arrays of each part tell the parts"))
    return tuple(found)
