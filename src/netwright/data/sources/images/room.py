"""Room for pixels: in memory, or in a file that is mapped into it where they are many."""

import os
import tempfile

import numpy as np
from numpy.typing import NDArray

from netwright.core.errors import SourceError

IN_MEMORY = 1 << 31  # bytes of pixels up to which they stay in memory


def pixels_room(images: int, shape: tuple[int, int, int]) -> NDArray[np.uint8]:
    """Return an array [images, channels, height, width] to be filled.

    Above 2 GiB it is a file without a name, which the system takes away when the program ends, however it ends.

    Raises:
        SourceError: the disk has no room for it.
    """
    size = images * shape[0] * shape[1] * shape[2]
    if size <= IN_MEMORY:
        return np.empty((images, *shape), dtype=np.uint8)
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the map holds it open
    try:
        os.posix_fallocate(file.fileno(), 0, size)  # a file with holes would end the program where the disk is full
        return np.memmap(file, dtype=np.uint8, mode="r+", shape=(images, *shape))
    except OSError as error:
        raise SourceError(
            f"expected room for {size:,} bytes of pixels in {tempfile.gettempdir()}, got: {error.strerror}; "
            "free some, or take smaller images: --set data.image_size=[64,64]"
        ) from error
