"""Decoded images kept from one command to the next: a file that is mapped into memory, found by the files' content.

Decoding many photos takes minutes, and fit, resume, evaluate and a second fit read the same ones. What is kept is an
optimisation: whatever is wrong with it, images are decoded again.
"""

import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from netwright.core.files import from_json, make_folder, to_json, write_atomic
from netwright.core.foreign import read_plain

LEAST_BYTES = 1 << 26  # of pixels: fewer are decoded in seconds
MOST_SHARE = 0.1  # of the free disk that one source may take
SOURCES = 4  # that are kept; the one used least lately goes
MOST_LISTING = 1 << 30  # bytes


@dataclass(frozen=True)
class Listing:
    """Which images of a source were decoded, and why others were not."""

    keys: tuple[str, ...]
    kept: tuple[int, ...]  # positions of the entries
    faults: dict[int, str]


def folder() -> Path:
    """Return where images are kept: below XDG_CACHE_HOME, or ~/.cache."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "netwright" / "images"


def recall(name: str, shape: tuple[int, int, int]) -> tuple[NDArray[np.uint8], Listing] | None:
    """Return the pixels and the listing that `keep` stored under a name, or None where there are none to trust."""
    pixels, listing = folder() / f"{name}.npy", folder() / f"{name}.json"
    try:
        found = from_json(read_plain(listing, MOST_LISTING), Listing)
        mapped = np.load(pixels, mmap_mode="r", allow_pickle=False)
        os.utime(listing)
    except (OSError, ValueError, EOFError, msgspec.MsgspecError):
        return None
    sound = mapped.dtype == np.uint8 and mapped.shape == (len(found.keys), *shape) and len(found.kept) == len(mapped)
    return (mapped, found) if sound else None


def keep(name: str, pixels: NDArray[np.uint8], listing: Listing) -> None:
    """Store pixels and their listing, which comes last; a full or closed disk keeps nothing and says nothing."""
    if pixels.nbytes < LEAST_BYTES:
        return
    with suppress(OSError):
        make_folder(folder())
        if pixels.nbytes > MOST_SHARE * shutil.disk_usage(folder()).free:
            return
        partial = folder() / f".{name}.{os.getpid()}.npy"
        try:
            np.save(partial, pixels)
            partial.replace(folder() / f"{name}.npy")
        finally:
            partial.unlink(missing_ok=True)
        write_atomic(folder() / f"{name}.json", to_json(listing))
        _forget()


def _forget() -> None:
    listings = sorted(folder().glob("*.json"), key=lambda path: path.stat().st_mtime, reverse=True)
    for listing in listings[SOURCES:]:
        listing.unlink(missing_ok=True)
        listing.with_suffix(".npy").unlink(missing_ok=True)
