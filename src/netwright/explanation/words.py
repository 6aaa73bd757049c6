"""What each word of a text is worth to the answer: the answer with it, less the answer without it.

The text is read again with one word taken out, so that all that the word takes part in (pairs, phrases, the parts of
words, what follows it) goes with it. Of classes it is the change of log p, of values that of the value.

Source: J. Li, W. Monroe, D. Jurafsky, Understanding neural networks through representation erasure, 2016.
"""

import re
from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray
from torch import nn

from netwright.core.evidence import ReadText, ReadWord
from netwright.data import Preparation, Prepared
from netwright.data.transforms.words import WORD
from netwright.explanation.chosen_rows import Chosen
from netwright.training.stage import Tested, answers_of

MOST_WORDS = 60  # of a text that are weighed and shown
TEXTS = 8  # of each kind that are shown


def read_texts(tested: Tested, rows: Chosen) -> tuple[ReadText, ...]:
    """Return the first text column's cells of the worst and of some right rows, each word with what it is worth."""
    material, words = tested.stage.material, tested.stage.preparation.texts[0]
    found: list[ReadText] = []
    for row in (*rows.worst[:TEXTS].tolist(), *rows.right[:TEXTS].tolist()):
        cell = material.test.frame[words.column][int(material.test_rows[row])]
        part = tested.stage.parts.test.rows(slice(row, row + 1))
        weighed = weigh_words(tested.module, tested.stage.preparation, part, str(cell or ""))
        truth, said = (label_of(value, material.schema.classes) for value in (tested.truth[row], rows.said[row]))
        found.append(ReadText(weighed, truth, said, int(material.test.row[material.test_rows[row]])))
    return tuple(found)


def weigh_words(module: nn.Module, preparation: Preparation, row: Prepared, text: str) -> tuple[ReadWord, ...]:
    """Return the pieces of a text in order; what stands between words is worth nothing.

    Args:
        module: the network.
        preparation: of its rows.
        row: the text's row as the network reads it.
        text: the cell of the first text column.
    """
    words = preparation.texts[0]
    spans = [match.span() for match in re.finditer(WORD, text)][: min(MOST_WORDS, words.length)]
    if not spans:
        return (ReadWord(text, 0.0),)
    without = [text, *(f"{text[:start]} {text[end:]}" for start, end in spans)]
    said = _answers(module, preparation, row, without)
    worth = said[0] - said[1:]
    pieces: list[ReadWord] = []
    at = 0
    for (start, end), value in zip(spans, worth.tolist(), strict=True):
        pieces += [ReadWord(text[at:start], 0.0)] if start > at else []
        pieces.append(ReadWord(text[start:end], value))
        at = end
    rest = " …" if len(text) > at + 1 else text[at:]
    return (*pieces, ReadWord(rest, 0.0)) if rest else tuple(pieces)


def _answers(module: nn.Module, preparation: Preparation, row: Prepared, texts: list[str]) -> NDArray[np.float64]:
    """Return log p of the class that the first text gets, or the value, for each of the texts."""
    words, chosen = preparation.texts[0], np.zeros(len(texts), dtype=np.int64)
    many = row.rows(chosen)
    categorical = many.categorical.copy()
    start = len(preparation.embeddings)
    words.write(pl.Series(words.column, texts), categorical[:, start : start + words.columns])
    said = answers_of(module, replace(many, categorical=categorical), preparation)
    if said.ndim == 1:
        return said
    return np.asarray(np.log(np.maximum(said[:, int(said[0].argmax())], 1e-12)), dtype=np.float64)


def label_of(value: object, classes: tuple[str, ...]) -> str:
    """Return a class by its position, or a value as text."""
    return classes[int(value)] if classes else f"{float(value):.4g}"  # type: ignore[call-overload,arg-type]
