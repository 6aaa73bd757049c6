"""How large the parts of an Arrow file say they are and become, found before Polars makes room for them.

A file ends with a footer that names its messages; each message lists buffers; a packed buffer begins with its unpacked
size. Layout: Apache Arrow columnar format, File.fbs and Message.fbs, in FlatBuffers (a table of offsets to fields).
"""

import struct
from collections.abc import Iterator

MAGIC = b"ARROW1"
BLOCK, BUFFER = 24, 16  # bytes of an entry
DICTIONARIES, BATCHES = 2, 3  # fields of a footer
HEADER_TYPE, HEADER = 1, 2  # of a message
BUFFERS, COMPRESSION = 2, 3  # of a record batch
DICTIONARY_BATCH, BATCH_OF_DICTIONARY = 2, 1  # a kind of message, and the record batch in it
AS_IT_IS = -1  # in place of a size: the buffer is not packed after all


def unpacked_size(content: bytes) -> int:
    """Return the bytes that all packed buffers become; 0 where none is packed.

    Raises:
        ValueError: the file contradicts itself, or a buffer is not within it.
    """
    try:
        length = _number("<i", content, len(content) - len(MAGIC) - 4)
        start = len(content) - len(MAGIC) - 4 - length
        footer = start + _number("<I", content, start)
        blocks = (at for field in (DICTIONARIES, BATCHES) for at in _entries(content, footer, field, BLOCK))
        return sum(size for block in blocks for size in _sizes(content, block))
    except (struct.error, IndexError):
        raise ValueError("a place that it names lies outside of it") from None


def _sizes(content: bytes, block: int) -> Iterator[int]:
    """Yield the unpacked size of each buffer of one message."""
    offset, length = _number("<q", content, block), _number("<i", content, block + 8)
    start = offset + 4 * (1 + (_number("<I", content, offset) == 0xFFFFFFFF))  # files before Arrow 0.15 lack the mark
    message = start + _number("<I", content, start)
    batch = _table(content, message, HEADER)
    kind = _field(content, message, HEADER_TYPE)
    if batch and kind and content[kind] == DICTIONARY_BATCH:
        batch = _table(content, batch, BATCH_OF_DICTIONARY)
    if not batch:
        return
    packed = _field(content, batch, COMPRESSION)
    for entry in _entries(content, batch, BUFFERS, BUFFER):
        at, taken = offset + length + _number("<q", content, entry), _number("<q", content, entry + 8)
        if not 0 <= at <= at + taken <= len(content):
            raise ValueError(f"a part of it would have {taken:,} bytes at {at:,}")
        if packed and taken:
            yield _unpacked(content, at)


def _unpacked(content: bytes, at: int) -> int:
    size = _number("<q", content, at)
    if size < AS_IT_IS:
        raise ValueError(f"a part of it would become {size:,} bytes")
    return max(size, 0)


def _entries(content: bytes, table: int, field: int, width: int) -> range:
    """Return where the entries of a vector lie."""
    vector = _table(content, table, field)
    if not vector:
        return range(0)
    count = _number("<I", content, vector)
    if vector + 4 + count * width > len(content):
        raise ValueError(f"it lists {count:,} parts, more than there is room for")
    return range(vector + 4, vector + 4 + count * width, width)


def _table(content: bytes, table: int, field: int) -> int:
    """Return where the table or vector lies that a field points to; 0 where there is none."""
    at = _field(content, table, field)
    return at + _number("<I", content, at) if at else 0


def _field(content: bytes, table: int, field: int) -> int:
    """Return where a field lies; 0 where the table lacks it."""
    fields = table - _number("<i", content, table)
    if 4 + 2 * field >= _number("<H", content, fields):
        return 0
    offset = _number("<H", content, fields + 4 + 2 * field)
    return table + offset if offset else 0


def _number(form: str, content: bytes, at: int) -> int:
    if at < 0:
        raise IndexError(at)
    number: int = struct.unpack_from(form, content, at)[0]
    return number
