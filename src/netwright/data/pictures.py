"""The images of a table: the table holds a key for each, and here is what the key stands for."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray


@dataclass(frozen=True)
class Pictures:
    """Images of one size. A key is made from an image's content, so that two rows with one image have one key."""

    column: str  # of the table
    pixels: NDArray[np.uint8]  # [images, channels, height, width]; may lie on disk
    places: dict[str, int]  # key -> position in `pixels`

    @property
    def shape(self) -> tuple[int, int, int]:
        """Channels, height and width."""
        channels, height, width = self.pixels.shape[1:]
        return channels, height, width

    def of(self, keys: pl.Series) -> NDArray[np.uint8]:
        """Return the pixels behind keys, uint8 [keys, channels, height, width]; black where a key is missing."""
        at = np.array([self.places.get(key, -1) for key in keys.to_list()], dtype=np.int64)
        found = np.asarray(self.pixels[np.maximum(at, 0)]) if len(self.pixels) else np.zeros((0, *self.shape), np.uint8)
        if (at < 0).any():
            found[at < 0] = 0
        return found


def key_of(pixels: NDArray[np.uint8]) -> str:
    """Return the key of one image, by its content."""
    return hashlib.blake2b(pixels.tobytes(), digest_size=16).hexdigest()


def keyed(column: str, pixels: NDArray[np.uint8], keys: Sequence[str]) -> Pictures:
    """Return pictures whose row i has the key `keys[i]`; of rows with one key the first stands for all."""
    places: dict[str, int] = {}
    for position, key in enumerate(keys):
        places.setdefault(key, position)
    return Pictures(column, pixels, places)
