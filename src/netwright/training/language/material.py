"""The first half of a run: read the text, cut it in parts, learn the tokens, count what n-grams foretell."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from netwright.core.errors import SourceError
from netwright.core.language import TextMeasure
from netwright.core.values import Choice
from netwright.data.corpus.parts import TextSplit, split_choice, split_text
from netwright.data.corpus.reading import Corpus, read_corpus
from netwright.data.corpus.tokenizing import Tokenizer, learn_tokenizer, tokens_of
from netwright.training.language.evaluating import baselines_of
from netwright.training.language.recipe import LanguageRecipe

MOST_EVALUATED = 1_000_000  # characters that a run is measured on, the first of the part
Reading = Callable[[str, float], None]


@dataclass(frozen=True)
class TextMaterial:
    """A text, cut and in tokens."""

    corpus: Corpus
    split: TextSplit
    tokenizer: Tokenizer
    train: NDArray[Any]  # tokens
    validation: NDArray[Any]
    choices: tuple[Choice, ...]

    @property
    def measured(self) -> tuple[str, tuple[int, int]]:
        """The part that the run is measured on, and which characters of it are."""
        name = "test" if self.split.sizes["test"] else "validation"
        start, stop = self.split.test if name == "test" else self.split.validation
        return name, (start, min(stop, start + MOST_EVALUATED))


def gather_text(recipe: LanguageRecipe, reading: Reading | None = None, known: Tokenizer | None = None) -> TextMaterial:
    """Read the text of a recipe.

    Args:
        recipe: its data, split and tokenizer sections are used.
        reading: told of the progress.
        known: the tokenizer of a run that goes on; it is not learnt again.

    Raises:
        NetwrightError: the text cannot be read, or is too short.
    """
    corpus = read_corpus(recipe.data.source, recipe.data.max_invalid, reading)
    split = split_text(len(corpus), recipe.split.validation, recipe.split.test)
    _refuse_short(corpus, len(corpus), len(corpus), recipe)
    if known is None:
        tokenizer, choice = learn_tokenizer(corpus, split.train, recipe.tokenizer)
        choices = (*corpus.choices, split_choice(split), choice)
    else:
        tokenizer, choices = known, corpus.choices
    train, validation = tokens_of(tokenizer, corpus, split.train), tokens_of(tokenizer, corpus, split.validation)
    _refuse_short(corpus, min(len(train), len(validation) * _ratio(split)), len(train), recipe)
    return TextMaterial(corpus, split, tokenizer, train, validation, choices)


def _ratio(split: TextSplit) -> int:
    return max(1, split.sizes["train"] // max(split.sizes["validation"], 1))


def _refuse_short(corpus: Corpus, shortest: int, tokens: int, recipe: LanguageRecipe) -> None:
    """Each part must hold a window and the token after it."""
    needed = recipe.network.context + 2
    if shortest >= needed and corpus.codes.size * min(recipe.split.validation, 1.0) >= 2:
        return
    letters = round(
        needed * max(1.0, len(corpus) / max(tokens, 1)) / (1.0 - recipe.split.validation - recipe.split.test)
    )
    letters = max(letters, round(3 / recipe.split.validation))
    raise SourceError(
        f"{corpus.source}: expected at least about {letters:,} characters for a context of {recipe.network.context} "
        f"tokens, got {len(corpus):,}; bring more text, or take a shorter context: --set network.context="
        f"{max(1, min(recipe.network.context, int(0.8 * min(shortest, tokens)) - 2))}"
    )


def count_ngrams(material: TextMaterial) -> dict[str, TextMeasure]:
    """Return what n-grams of characters of the training part make of the part that the run is measured on."""
    corpus, (_, part) = material.corpus, material.measured
    letters = len(corpus.alphabet) + 1
    first, codes = material.split.train[1], corpus.codes
    before = codes[: first if material.measured[0] == "validation" else part[0]]
    return baselines_of(before[:first], codes[part[0] : part[1]], letters, corpus.text(*part))


def stem_of(source: str) -> str:
    return Path(source).name.split(".")[0]


def ahead(material: TextMaterial) -> NDArray[Any]:
    """Return the tokens just before the part that the run is measured on."""
    name, _ = material.measured
    return np.asarray(material.train if name == "validation" else material.validation)
