"""Images as people described them before networks did: which way brightness runs, counted cell by cell.

Source: N. Dalal, B. Triggs, Histograms of oriented gradients for human detection, 2005; without overlapping blocks.
"""

import numpy as np
from numpy.typing import NDArray

CELL, BINS = 4, 9  # pixels of a cell's side; directions, of which opposite ones are the same


def gradient_counts(images: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return for each cell how much brightness changes in each direction, each cell's counts of length 1.

    Args:
        images: grey values [rows, height, width], at least one cell high and wide.

    Returns:
        [rows, cells * BINS].
    """
    down, across = np.gradient(images, axis=1), np.gradient(images, axis=2)
    size = np.hypot(down, across)
    place = np.mod(np.arctan2(down, across), np.pi) / np.pi * BINS
    first = np.floor(place).astype(np.int64)
    part = place - first  # a direction between two bins counts for both
    height, width = (side // CELL for side in images.shape[1:])
    found = np.zeros((len(images), height, width, BINS), np.float32)
    for bin_ in range(BINS):
        share = size * ((first % BINS == bin_) * (1 - part) + ((first + 1) % BINS == bin_) * part)
        cells = share[:, : height * CELL, : width * CELL].reshape(len(images), height, CELL, width, CELL)
        found[..., bin_] = cells.sum(axis=(2, 4))
    lengths = np.sqrt((found**2).sum(axis=3, keepdims=True) + 1.0)
    return np.asarray((found / lengths).reshape(len(images), -1), dtype=np.float32)
