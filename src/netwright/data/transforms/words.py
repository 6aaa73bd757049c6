"""Text as its words in order, and as the parts of its words.

Words are positions in a vocabulary of those that more than one training cell holds. Parts are runs of 3 to 5 letters of
a word between its marks < and >, by a hash, so that a word never seen has meaning where its parts have one.
Source of the parts: P. Bojanowski, E. Grave, A. Joulin, T. Mikolov, Enriching word vectors with subword information,
2017.
"""

import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

ENDED_SLOT, UNKNOWN_SLOT, FIRST_WORD = 0, 1, 2
WORD = r"\w+|[^\w\s]"  # letters, digits and _ together; every other sign by itself
LEAST_CELLS = 2  # a word of a single cell says nothing of new ones
MOST_WORDS, MOST_LENGTH = 30_000, 256
PART_LENGTHS = (3, 4, 5)  # letters
PART_SLOTS, MOST_PARTS = 1 << 15, 512
MOST_BYTES = 1 << 30  # that the parts of all training cells may take
COVERED = 0.99  # share of training cells that are read whole


@dataclass(frozen=True)
class Words:
    """Slot 0 is the end of a text, slot 1 a word not known, slot 2 the most frequent word, and so on."""

    column: str
    vocabulary: tuple[str, ...]
    length: int  # words that are read of a cell; the rest is cut off
    parts: int  # different parts that are read of it

    @property
    def slots(self) -> int:
        return len(self.vocabulary) + FIRST_WORD

    @property
    def columns(self) -> int:
        return self.length + self.parts

    def write(self, cells: pl.Series, out: np.ndarray) -> None:
        """Fill int64 [rows, columns]: the slots of the words, then those of the parts; a missing cell has none."""
        places = {word: place for place, word in enumerate(self.vocabulary, FIRST_WORD)}
        known: dict[str, list[int]] = {}
        out[:] = ENDED_SLOT
        for row, words in zip(out, words_of(cells), strict=True):
            kept = words[: self.length]
            row[: len(kept)] = [places.get(word, UNKNOWN_SLOT) for word in kept]
            parts = _parts_of_all(words, known)[: self.parts]
            row[self.length : self.length + len(parts)] = parts

    def cut(self, cells: pl.Series) -> int:
        """Return how many cells have more words than are read."""
        return int((_lowered(cells).str.count_matches(WORD) > self.length).sum())


def words_of(cells: pl.Series) -> Iterator[list[str]]:
    """Yield the words of each cell in lower case; none of a missing one."""
    for words in _lowered(cells).str.extract_all(WORD):
        yield [] if words is None else words.to_list()


def _lowered(cells: pl.Series) -> pl.Series:
    return cells.cast(pl.String).str.to_lowercase()


def parts_of(word: str) -> list[int]:
    """Return the slot of each part of a word.

    >>> len(parts_of("cat"))  # <ca cat at> <cat cat> <cat>
    6
    """
    marked = f"<{word}>"
    runs = (marked[at : at + size] for size in PART_LENGTHS for at in range(len(marked) - size + 1))
    return [1 + zlib.crc32(run.encode()) % (PART_SLOTS - 1) for run in runs]


def _parts_of_all(words: list[str], known: dict[str, list[int]]) -> list[int]:
    """Return the different parts of a text in order; `known` keeps those of words that were met."""
    found: dict[int, None] = {}
    for word in words:
        if word not in known:
            known[word] = parts_of(word)
        found.update(dict.fromkeys(known[word]))
    return list(found)


def fit_words(cells: pl.Series) -> Words:
    """Learn the vocabulary, and how many words and parts are read, from training cells."""
    holding, known = Counter[str](), dict[str, list[int]]()
    lengths, parts = [1], [1]
    for words in words_of(cells):
        holding.update(set(words))
        lengths.append(len(words))
        parts.append(len(_parts_of_all(words, known)))
    frequent = sorted(word for word, count in holding.items() if count >= LEAST_CELLS)
    frequent.sort(key=holding.__getitem__, reverse=True)
    room = max(1, min(MOST_PARTS, MOST_BYTES // (8 * max(len(cells), 1))))
    return Words(
        cells.name,
        tuple(frequent[:MOST_WORDS]),
        length=min(MOST_LENGTH, max(2, int(np.quantile(lengths, COVERED)))),
        parts=min(room, max(1, int(np.quantile(parts, COVERED)))),
    )
