"""Which tokenizer a text gets, its tokens, and its way to JSON and back."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from netwright.core.errors import RecipeError, nearest
from netwright.core.values import Choice
from netwright.data.corpus.characters import CharacterTokenizer, learn_characters
from netwright.data.corpus.reading import Corpus
from netwright.data.corpus.subwords import SubwordTokenizer, learn_bpe, learn_words

Tokenizer = CharacterTokenizer | SubwordTokenizer
TOKENIZERS = ("auto", "characters", "bpe", "words")
SMALL = 5_000_000  # characters to train on, up to which each character is a token
PIECE = 1 << 20  # characters tokenized at once


@dataclass(frozen=True)
class TokenizerConfig:
    """What a token is."""

    name: str = "auto"  # characters, bpe or words; auto: characters of a small text, bpe of a larger one
    size: int = 4096  # tokens of bpe and words, at most


def learn_tokenizer(corpus: Corpus, part: tuple[int, int], config: TokenizerConfig) -> tuple[Tokenizer, Choice]:
    """Return the tokenizer for a text, learnt from the characters of one part, and why it was chosen.

    Raises:
        RecipeError: its name is unknown, or its size out of range.
    """
    choice = _choose(config.name, part[1] - part[0])
    if choice.value == "characters":
        return learn_characters(corpus, *part), choice
    learn = {"bpe": learn_bpe, "words": learn_words}[choice.value]
    return learn(corpus.pieces(*part, PIECE), config.size), choice


def _choose(name: str, letters: int) -> Choice:
    if name not in TOKENIZERS:
        raise RecipeError(
            f"tokenizer.name: expected one of {', '.join(TOKENIZERS)}, got {name!r}; {nearest(name, TOKENIZERS)}"
        )
    if name != "auto":
        return Choice("tokenizer.name", name, "asked for")
    if letters <= SMALL:
        reason = f"{letters:,} characters to train on are few: each token of a small vocabulary is seen often enough"
        return Choice("tokenizer.name", "characters", reason)
    reason = f"{letters:,} characters to train on are enough to learn longer tokens, which make texts shorter"
    return Choice("tokenizer.name", "bpe", reason)


def tokens_of(tokenizer: Tokenizer, corpus: Corpus, part: tuple[int, int]) -> NDArray[Any]:
    """Return the tokens of a part of a text, uint16 where they fit, tokenized a piece at a time."""
    kind = np.uint16 if tokenizer.size <= 1 << 16 else np.int32
    if isinstance(tokenizer, CharacterTokenizer):
        return tokenizer.encode(corpus.alphabet).astype(kind)[corpus.codes[slice(*part)]]
    pieces = [tokenizer.encode(text).astype(kind) for text in corpus.pieces(*part, PIECE)]
    return np.concatenate([*pieces, np.zeros(0, kind)])
