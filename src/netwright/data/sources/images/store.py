"""Images read on worker threads into one array of pixels, those that cannot be read set aside with the reason.

Two passes: the first reads sizes and colours alone, from which the common size is chosen; the second decodes, unless
the same images were decoded before. An array too large to hold in memory beside its copies lies in a file.
"""

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from statistics import median
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from netwright.core.errors import SourceError
from netwright.core.values import Choice
from netwright.data.pictures import key_of
from netwright.data.sources.images.cache import Listing, keep, recall
from netwright.data.sources.images.decode import Header, NoImageError, decode, read_header
from netwright.data.sources.images.entries import Entry
from netwright.data.sources.images.room import pixels_room

AS_THEY_ARE = 64 * 64  # pixels of an image up to which equal sizes stay
AREA = 96 * 96  # pixels that larger images, or those of several sizes, are scaled to
STEP = 8  # height and width are multiples of it, so that they can be halved three times
AT_ONCE = 256  # images handed to the threads together: bounds the bytes that wait
Progress = Callable[[str, float], None]
Result = TypeVar("Result")


@dataclass(frozen=True)
class Shape:
    """What all images of a source become, and why."""

    height: int
    width: int
    channels: int
    reason: str


@dataclass(frozen=True)
class Decoded:
    """The images that could be read, in order, and why others could not."""

    pixels: NDArray[np.uint8]  # [images, channels, height, width]
    keys: tuple[str, ...]
    kept: tuple[int, ...]  # positions of the entries
    faults: dict[int, str]  # position of an entry -> reason
    animated: int  # images of which the first frame was taken
    shape: Shape
    fingerprint: str


def read_pictures(entries: Sequence[Entry], asked: Shape | None, progress: Progress) -> Decoded:
    """Read all images.

    Args:
        entries: what to open.
        asked: the shape, where it is known already; else it is found from the images.
        progress: told of the share that is done.

    Raises:
        SourceError: there is no image that can be read.
    """
    headers, faults, digests = _headers(entries, progress)
    if not headers:
        first = min(faults, default=None)
        said = "got no image" if first is None else f"got none; the first: {entries[first].name}: {faults[first]}"
        raise SourceError(f"expected images that can be read, {said}")
    shape = asked or choose_shape(list(headers.values()))
    fingerprint = _fingerprint(entries, digests)
    pixels, listing = _pixels_of(entries, list(headers), shape, (fingerprint, progress))
    faults |= listing.faults
    animated = sum(headers[position].frames > 1 for position in listing.kept)
    return Decoded(pixels, listing.keys, listing.kept, faults, animated, shape, fingerprint)


def _fingerprint(entries: Sequence[Entry], digests: Sequence[str]) -> str:
    digest = hashlib.sha256()
    for entry, content in zip(entries, digests, strict=True):
        digest.update(f"{entry.name}\0{entry.label}\0{entry.part}\0{content}\0".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _pixels_of(
    entries: Sequence[Entry], positions: Sequence[int], shape: Shape, told: tuple[str, Progress]
) -> tuple[NDArray[np.uint8], Listing]:
    """Return the pixels of the images at some positions: those kept from before, or decoded now."""
    fingerprint, progress = told
    sides = (shape.channels, shape.height, shape.width)
    name = f"{fingerprint}-{'x'.join(map(str, sides))}"
    if (known := recall(name, sides)) is not None:
        return known
    pixels = pixels_room(len(positions), sides)
    keys: list[str] = []
    kept: list[int] = []
    faults: dict[int, str] = {}
    for position, found in _decoded(entries, positions, shape, progress):
        if isinstance(found, str):
            faults[position] = found
            continue
        pixels[len(keys)] = found
        keys.append(key_of(found))
        kept.append(position)
    pixels, listing = pixels[: len(keys)], Listing(tuple(keys), tuple(kept), faults)
    keep(name, pixels, listing)
    return pixels, listing


def choose_shape(headers: Sequence[Header]) -> Shape:
    """Choose the size and colours that all images become: those most of them have, if they are small."""
    channels = 1 if all(header.grey for header in headers) else 3
    colour = "grey" if channels == 1 else "in colour"
    sizes = {(header.height, header.width) for header in headers}
    height, width = (int(median(side)) for side in zip(*((one.height, one.width) for one in headers), strict=True))
    if len(sizes) == 1 and height * width <= AS_THEY_ARE:
        return Shape(height, width, channels, f"all are {height} x {width} pixels, {colour}")
    factor = min(1.0, (AREA / (height * width)) ** 0.5)
    near = [max(STEP, STEP * round(side * factor / STEP)) for side in (height, width)]
    found = "one size" if len(sizes) == 1 else f"{len(sizes):,} sizes"
    reason = f"{found}, half of them at most {height} x {width}, {colour}; larger takes longer: data.image_size"
    return Shape(near[0], near[1], channels, reason)


def _headers(entries: Sequence[Entry], progress: Progress) -> tuple[dict[int, Header], dict[int, str], list[str]]:
    """Return size and colour of each image, the faults of the others, and a digest of each file's content."""
    headers: dict[int, Header] = {}
    faults: dict[int, str] = {}
    digests: list[str] = []
    for position, (found, digest) in _on_threads(_look, entries, range(len(entries)), ("looking at images", progress)):
        digests.append(digest)
        if isinstance(found, str):
            faults[position] = found
        else:
            headers[position] = found
    return headers, faults, digests


def _look(entry: Entry) -> tuple[Header | str, str]:
    content = _content(entry)
    if isinstance(content, str):
        return content, content
    digest = hashlib.blake2b(content, digest_size=16).hexdigest()
    try:
        return read_header(content), digest
    except NoImageError as error:
        return str(error), digest


def _decoded(
    entries: Sequence[Entry], positions: Sequence[int], shape: Shape, progress: Progress
) -> Iterator[tuple[int, NDArray[np.uint8] | str]]:
    def turn(entry: Entry) -> NDArray[np.uint8] | str:
        content = _content(entry)
        if isinstance(content, str):
            return content
        try:
            return decode(content, (shape.height, shape.width), shape.channels)
        except NoImageError as error:
            return str(error)

    yield from _on_threads(turn, entries, positions, ("reading images", progress))


def _content(entry: Entry) -> bytes | str:
    """Return a file's bytes, or why there are none."""
    try:
        return entry.read()
    except OSError as error:
        return error.strerror or str(error)


def _on_threads(
    work: Callable[[Entry], Result], entries: Sequence[Entry], positions: Sequence[int], told: tuple[str, Progress]
) -> Iterator[tuple[int, Result]]:
    """Yield each entry's result in order; files are opened and decoded beside each other."""
    said, progress = told
    with ThreadPoolExecutor(min(8, os.cpu_count() or 1)) as threads:
        for start in range(0, len(positions), AT_ONCE):
            block = positions[start : start + AT_ONCE]
            progress(said, start / len(positions))
            yield from zip(block, threads.map(work, (entries[position] for position in block)), strict=True)


def shape_choices(decoded: Decoded) -> tuple[Choice, ...]:
    """Say what the images became, and why."""
    shape = decoded.shape
    return (Choice("data.image_size", [shape.height, shape.width], shape.reason),)
