"""Tokens longer than a character, by Hugging Face's `tokenizers`: byte pair encoding, or words.

BPE starts from the 256 bytes and joins the most frequent neighbours until it has so many tokens: no text is unknown to
it, and decoding gives back exactly what was encoded. Words keep the most frequent words, blanks and signs; all others
become one unknown token, so decoding loses them.

Sources: R. Sennrich, B. Haddow, A. Birch, Neural machine translation of rare words with subword units, 2016; A. Radford
et al., Language models are unsupervised multitask learners, 2019 (on bytes).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from netwright.core.errors import RecipeError

UNKNOWN = "\ufffd"
WORDS = r"\s|\w+|[^\w\s]"
LEAST_BYTES = 257  # tokens of BPE: one more than there are bytes


@dataclass(frozen=True)
class SubwordTokenizer:
    """A tokenizer as `tokenizers` writes it down."""

    kind: Literal["bpe", "words"]
    content: str  # JSON

    @cached_property
    def _whole(self) -> Any:
        return _library().Tokenizer.from_str(self.content)

    @property
    def size(self) -> int:
        return int(self._whole.get_vocab_size())

    @property
    def unknown(self) -> int | None:
        """The token of what is not in the vocabulary; None where everything is."""
        return None if self.kind == "bpe" else int(self._whole.token_to_id(UNKNOWN))

    def encode(self, text: str) -> NDArray[np.int32]:
        """Return the tokens of a text."""
        return np.array(self._whole.encode(text).ids, np.int32)

    def decode(self, tokens: NDArray[Any]) -> str:
        """Return the text of tokens."""
        if self.kind == "words":
            return "".join(self._whole.id_to_token(token) for token in tokens.tolist())
        return str(self._whole.decode(tokens.tolist()))


def learn_bpe(pieces: Iterable[str], size: int) -> SubwordTokenizer:
    """Learn byte pairs from the pieces of a text.

    Raises:
        RecipeError: fewer tokens than bytes are asked for, or the library is not installed.
    """
    if size < LEAST_BYTES:
        raise RecipeError(f"tokenizer.size: expected at least {LEAST_BYTES} tokens for bpe, got {size}")
    library = _library()
    whole = library.Tokenizer(library.models.BPE())
    whole.pre_tokenizer = library.pre_tokenizers.ByteLevel(add_prefix_space=False)
    whole.decoder = library.decoders.ByteLevel()
    letters = library.pre_tokenizers.ByteLevel.alphabet()
    trainer = library.trainers.BpeTrainer(vocab_size=size, initial_alphabet=letters, show_progress=False)
    whole.train_from_iterator(pieces, trainer)
    return SubwordTokenizer("bpe", whole.to_str())


def learn_words(pieces: Iterable[str], size: int) -> SubwordTokenizer:
    """Learn the most frequent words, blanks and signs from the pieces of a text; errors as of `learn_bpe`."""
    if size < 2:
        raise RecipeError(f"tokenizer.size: expected at least 2 tokens for words, got {size}")
    library = _library()
    whole = library.Tokenizer(library.models.WordLevel(unk_token=UNKNOWN))
    whole.pre_tokenizer = library.pre_tokenizers.Split(library.Regex(WORDS), "isolated")
    trainer = library.trainers.WordLevelTrainer(vocab_size=size, special_tokens=[UNKNOWN], show_progress=False)
    whole.train_from_iterator(pieces, trainer)
    return SubwordTokenizer("words", whole.to_str())


def _library() -> Any:
    try:
        import tokenizers
    except ImportError:
        raise RecipeError(
            'tokenizer.name: bpe and words need the package tokenizers; pip install tokenizers, or take "characters"'
        ) from None
    return tokenizers
