"""A text file of any size as one row of characters, read in blocks: lines may be as long as the file.

UTF-8 is expected. Bytes that are not are set aside and counted, so that bytes in = used + set aside; a file with more
than a few of them, or with a zero byte, is no such text and is refused. Line ends stay as they are.
"""

import codecs
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from netwright.core.errors import SourceError
from netwright.core.values import Choice, RowCount
from netwright.data.sources.tables.archives import Opened, locate

BLOCK = 1 << 22  # bytes
CODE_POINTS = 0x110000
MARK = "\ufeff"  # of UTF-8 at a file's beginning
Progress = Callable[[str, float], None]
Codes = NDArray[Any]  # uint16 or uint32


@dataclass(frozen=True)
class Corpus:
    """Every character of a text, as its number in an alphabet."""

    source: str
    codes: Codes
    alphabet: str  # each character once, in the order of its first appearance
    count: RowCount  # bytes
    fingerprint: str  # sha256 of the bytes
    choices: tuple[Choice, ...]

    def __len__(self) -> int:
        return len(self.codes)

    def text(self, start: int = 0, stop: int | None = None) -> str:
        """Return characters `start` up to but not including `stop`."""
        points = np.fromiter(map(ord, self.alphabet), np.uint32, len(self.alphabet))
        return points[self.codes[start:stop]].tobytes().decode("utf-32-le")

    def pieces(self, start: int, stop: int, size: int = 1 << 20) -> Iterator[str]:
        """Yield the same in pieces, so that a long text is never held as one."""
        for at in range(start, stop, size):
            yield self.text(at, min(stop, at + size))


class _Alphabet:
    """Gives each character a number when it first appears."""

    def __init__(self) -> None:
        self.number = np.zeros(CODE_POINTS, np.uint32)  # from 1
        self.letters: list[str] = []

    def codes(self, text: str) -> Codes:
        points = np.frombuffer(text.encode("utf-32-le"), np.uint32)
        found, first = np.unique(points[self.number[points] == 0], return_index=True)
        for point in found[np.argsort(first)]:
            self.letters.append(chr(point))
            self.number[point] = len(self.letters)
        codes = self.number[points] - 1
        return codes.astype(np.uint16) if len(self.letters) <= 1 << 16 else codes


def read_corpus(source: str | Path, most_invalid: float = 0.01, progress: Progress | None = None) -> Corpus:
    """Read a text file, or a .gz of one.

    Args:
        source: its path.
        most_invalid: share of bytes that may be no UTF-8.
        progress: called with the stage's name and the share done.

    Raises:
        SourceError: it cannot be read, is empty or is no text.
    """
    _refuse_empty(Path(source).expanduser())
    opened = locate(source)
    decoder = codecs.getincrementaldecoder("utf-8")("ignore")
    codes: list[Codes] = []
    alphabet, digest, total, used = _Alphabet(), hashlib.sha256(), 0, 0
    for block in (*opened.blocks(BLOCK), b""):
        _refuse_zeros(opened, block, total)
        digest.update(block)
        total += len(block)
        text = decoder.decode(block, not block)
        text = text.removeprefix(MARK) if not codes else text
        used += len(text.encode())
        codes.append(alphabet.codes(text))
        if progress is not None:
            progress("reading", min(1.0, total / max(opened.size, 1)))
    letters = "".join(alphabet.letters)
    count = RowCount(total, used, total - used)
    _refuse_no_text(opened, letters, count, most_invalid)
    return Corpus(opened.name, np.concatenate(codes), letters, count, digest.hexdigest(), (_say(count),))


def _refuse_empty(path: Path) -> None:
    if path.is_file() and not path.stat().st_size:
        raise SourceError(f"{path}: expected text, got no text: the file is empty; name one that holds some")


def _refuse_zeros(opened: Opened, block: bytes, offset: int) -> None:
    zero = block.find(0)
    if zero >= 0:
        raise SourceError(
            f"{opened.name}: expected text, got no text: zero byte at offset {offset + zero:,}; if it is UTF-16, "
            "convert it: iconv -f UTF-16 -t UTF-8"
        )


def _refuse_no_text(opened: Opened, letters: str, count: RowCount, most_invalid: float) -> None:
    if count.rejected - len(MARK.encode()) > most_invalid * count.total:
        raise SourceError(
            f"{opened.name}: expected UTF-8 text, got {count.rejected:,} of {count.total:,} bytes "
            f"({count.rejected / count.total:.1%}) that are not, more than {most_invalid:.1%}; convert it "
            "(iconv -f WINDOWS-1252 -t UTF-8), or allow more with --set data.max_invalid="
            f"{count.rejected / count.total + 0.01:.2f}"
        )
    if not letters.strip():
        raise SourceError(f"{opened.name}: expected text, got no text: nothing but blanks; name a file that holds some")


def _say(count: RowCount) -> Choice:
    if not count.rejected:
        return Choice("data.encoding", "utf-8", f"all {count.total:,} bytes are valid UTF-8")
    reason = f"{count.rejected:,} of {count.total:,} bytes are no characters of UTF-8 text and are set aside"
    return Choice("data.encoding", "utf-8", reason)
