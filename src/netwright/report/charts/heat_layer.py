"""The amounts of an image's places as a picture to lay over it: orange for the answer, blue against it.

Written as PNG by hand: this room has no imaging library, and a rectangle for each pixel would weigh a megabyte.

Source: Portable Network Graphics (PNG) Specification, W3C, third edition.
"""

import base64
import struct
import zlib
from collections.abc import Sequence

from netwright.report.numbers import is_finite

FOR, AGAINST = (255, 110, 0), (0, 110, 220)
MOST_OPAQUE = 230  # of 255
BEND = 0.6  # below 1: small amounts are seen too
SIGNATURE = b"\x89PNG\r\n\x1a\n"


def heat_layer(amounts: Sequence[Sequence[float]]) -> str:
    """Return amounts [height][width] as a data URI; the largest is the most opaque."""
    largest = max((abs(value) for row in amounts for value in row if is_finite(value)), default=0.0) or 1.0
    rows = [b"\0" + b"".join(_pixel(value, largest) for value in row) for row in amounts]
    size = struct.pack(">IIBBBBB", len(amounts[0]) if amounts else 0, len(amounts), 8, 6, 0, 0, 0)  # RGBA, 8 bits
    chunks = ((b"IHDR", size), (b"IDAT", zlib.compress(b"".join(rows), 9)), (b"IEND", b""))
    written = SIGNATURE + b"".join(_chunk(name, content) for name, content in chunks)
    return f"data:image/png;base64,{base64.b64encode(written).decode()}"


def _pixel(value: float, largest: float) -> bytes:
    if not is_finite(value):
        return bytes(4)
    return bytes((*(FOR if value > 0 else AGAINST), round(MOST_OPAQUE * (abs(value) / largest) ** BEND)))


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
