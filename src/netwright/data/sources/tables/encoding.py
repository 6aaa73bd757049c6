"""How a text file's bytes become characters, found over the whole file, and the stream in UTF-8 that follows.

Rule: a byte order mark decides; else UTF-16 where about half of the first bytes are zero; else UTF-8 where the file is
valid UTF-8 or nearly so (rows with bad bytes are set aside); else Windows-1252, or Latin-1 where a byte has no meaning
in Windows-1252. A zero byte in a file that is not UTF-16 means that it is not text.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from netwright.core.errors import SourceError
from netwright.core.values import Choice
from netwright.data.sources.tables.archives import Opened

_MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_CONTROL = re.compile(rb"[\x01-\x08\x0e-\x1a\x1c-\x1f]")
_NOT_IN_1252 = [0x81, 0x8D, 0x8F, 0x90, 0x9D]
_BYTE_ORDER_MARK = "\ufeff".encode()
REPLACEMENT = "\ufffd"


@dataclass(frozen=True)
class Encoding:
    """A codec, why it was taken, and whether some bytes do not fit it."""

    name: str
    reason: str
    suspect: bool = False  # rows with the replacement character are then set aside

    @property
    def choice(self) -> Choice:
        return Choice("data.encoding", self.name, self.reason)


def find_encoding(opened: Opened, asked: str | None) -> Encoding:
    """Look at every byte once.

    Raises:
        SourceError: the file is not text (with the byte offset), or `asked` is no known encoding.
    """
    start = opened.start(4096)
    if asked:
        return _asked(opened, asked)
    marked = next((name for mark, name in _MARKS if start.startswith(mark)), None)
    if marked and marked != "utf-8":
        return Encoding(marked, "a byte order mark says so", suspect=True)
    if (order := _utf16_order(start)) is not None:
        return Encoding(order, "about half of the first bytes are zero and there is no byte order mark", suspect=True)
    _refuse_binary(opened, start)
    counts, bad = _count_bytes(opened), _bad_sequences(opened)
    return Encoding("utf-8", "a byte order mark says so", bad > 0) if marked else _by_content(counts, bad)


def _asked(opened: Opened, asked: str) -> Encoding:
    try:
        b"a".decode(asked, "replace")  # LookupError for hex, zlib and their like, which are no encodings of text
        name = codecs.lookup(asked).name
    except (LookupError, ValueError):
        raise SourceError(
            f"{opened.name}: encoding {asked!r} is not known; try utf-8, utf-16, cp1252 or latin-1"
        ) from None
    return Encoding(name, "asked for", suspect=True)


def _utf16_order(start: bytes) -> str | None:
    data = np.frombuffer(start[: len(start) // 2 * 2], np.uint8)
    if data.size < 4:
        return None
    even, odd = float((data[::2] == 0).mean()), float((data[1::2] == 0).mean())
    if odd > 0.6 and even < 0.1:
        return "utf-16-le"
    return "utf-16-be" if even > 0.6 and odd < 0.1 else None


def _refuse_binary(opened: Opened, start: bytes) -> None:
    odd = [match.start() for match in _CONTROL.finditer(start)]
    if len(odd) > 0.05 * len(start):
        raise SourceError(f"{opened.name}: expected text, got a binary file (control byte at offset {odd[0]})")


def _count_bytes(opened: Opened) -> np.ndarray:
    counts, offset = np.zeros(256, np.int64), 0
    for block in opened.blocks(1 << 20):
        zero = block.find(0)
        if zero >= 0:
            raise SourceError(f"{opened.name}: expected text, got a binary file (zero byte at offset {offset + zero})")
        if not block.isascii():
            counts += np.bincount(np.frombuffer(block, np.uint8), minlength=256)
        offset += len(block)
    return counts


def _bad_sequences(opened: Opened) -> int:
    decoder, bad = codecs.getincrementaldecoder("utf-8")("replace"), 0
    for block in opened.blocks(1 << 20):
        text = decoder.decode(block)
        bad += 0 if text.isascii() else text.count(REPLACEMENT)
    return bad + decoder.decode(b"", True).count(REPLACEMENT)


def _by_content(counts: np.ndarray, bad: int) -> Encoding:
    longer = int(counts[0xC2:0xF5].sum())  # first bytes of characters of more than one byte
    if not bad:
        return Encoding("utf-8", "every byte is ASCII" if not counts.sum() else "the whole file is valid UTF-8")
    if bad <= 0.1 * longer:
        return Encoding("utf-8", f"{longer:,} longer characters are valid UTF-8, {bad:,} are not", suspect=True)
    name = "latin-1" if counts[_NOT_IN_1252].any() else "cp1252"
    return Encoding(name, f"{bad:,} bytes are not valid UTF-8; Western European text is assumed")


def utf8_blocks(opened: Opened, encoding: Encoding) -> Iterator[bytes]:
    r"""Yield the file as UTF-8 without a byte order mark; every line end (\r\n, \r, \n) is \n."""
    decoder = None if _is_plain(encoding) else codecs.getincrementaldecoder(encoding.name)("replace")
    first, held = True, b""
    for block in opened.blocks():
        text = held + (_decoded(decoder, block, opened.name, encoding) if decoder else block)
        text, first = (text.removeprefix(_BYTE_ORDER_MARK) if first else text), False
        held = b"\r" if text.endswith(b"\r") else b""  # its \n may open the next block
        yield _one_line_end(text[: len(text) - len(held)])
    yield _one_line_end(held + (decoder.decode(b"", True).encode() if decoder else b""))


def _decoded(decoder: codecs.IncrementalDecoder, block: bytes, name: str, encoding: Encoding) -> bytes:
    """UTF-16 without a byte order mark, for one, is no error that can be replaced by a character."""
    try:
        return decoder.decode(block).encode("utf-8", "replace")
    except UnicodeError as error:
        raise SourceError(f"{name}: expected {encoding.name}, got bytes that are not: {error}") from error


def _is_plain(encoding: Encoding) -> bool:
    return encoding.name in ("utf-8", "ascii") and not encoding.suspect


def _one_line_end(text: bytes) -> bytes:
    return text.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in text else text
