"""Each character is a token: nothing to learn but which there are. Number 0 stands for those not known."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from netwright.data.corpus.reading import CODE_POINTS, Corpus

UNKNOWN = "\ufffd"
LONGEST = 1 << 16  # characters in a vocabulary: all that 16 bits tell apart, one number being that of the others


@dataclass(frozen=True)
class CharacterTokenizer:
    """A vocabulary of characters, each of which is one token."""

    vocabulary: str
    kind: Literal["characters"] = field(default="characters")

    @property
    def size(self) -> int:
        return 1 + len(self.vocabulary)

    @property
    def unknown(self) -> int | None:
        """The token of what is not in the vocabulary."""
        return 0

    @cached_property
    def _numbers(self) -> NDArray[np.int32]:
        numbers = np.zeros(CODE_POINTS, np.int32)
        for number, letter in enumerate(self.vocabulary, start=1):
            numbers[ord(letter)] = number
        return numbers

    def encode(self, text: str) -> NDArray[np.int32]:
        """Return the token of every character."""
        return self._numbers[np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)]

    def decode(self, tokens: NDArray[Any]) -> str:
        """Return the text of tokens; it is the one that was encoded where all its characters are known."""
        letters = UNKNOWN + self.vocabulary
        return "".join(letters[token] for token in tokens.tolist())


def learn_characters(corpus: Corpus, start: int, stop: int) -> CharacterTokenizer:
    """Return the tokenizer of the characters in a part of a text, in the order of their code points."""
    seen = np.zeros(len(corpus.alphabet), np.bool_)
    seen[corpus.codes[start:stop]] = True
    letters = sorted(letter for letter, there in zip(corpus.alphabet, seen, strict=True) if there)
    return CharacterTokenizer("".join(letters[: LONGEST - 1]))
