"""A text as its words: what each wrote of what the network reads, and the text read again without some of them."""

import re
from collections.abc import Sequence

import numpy as np
import polars as pl
import torch

from netwright.data.transforms.words import WORD, Words, parts_of
from netwright.explanation.asked import Keep, Pieces
from netwright.explanation.reading import Inputs

Span = tuple[int, int]


def spans_of(text: str) -> list[Span]:
    """Return where the words of a text begin and end."""
    return [match.span() for match in re.finditer(WORD, text)]


def text_pieces(words: Words, text: str, inputs: Inputs, row: int) -> Pieces:
    """Return the words of a text as parts; what is read of several words is shared among them.

    Args:
        words: how texts are read.
        text: the cell.
        inputs: of the rows; the second holds the texts' slots alone.
        row: of the text.
    """
    spelled = [text[start:end].lower() for start, end in spans_of(text)]
    own = torch.zeros(len(spelled), inputs[1].shape[1])
    for place, word in enumerate(spelled):
        if place < words.length:
            own[place, place] = 1.0
        own[place, words.length :] = torch.isin(inputs[1][row, words.length :], torch.tensor(parts_of(word)))
    own[:, words.length :] *= inputs[1][row, words.length :] != 0
    own /= own.sum(dim=0).clamp(min=1.0)
    others = (torch.zeros(len(spelled), *tensor.shape[1:]) for tensor in inputs[2:])
    numeric = torch.zeros(len(spelled), *inputs[0].shape[1:])
    return Pieces(tuple(text[start:end] for start, end in spans_of(text)), (numeric, own, *others))


def rewritten(words: Words, text: str, keep: Keep, row: Inputs) -> Inputs:
    """Return the row as it is read where only some of its text's words are there."""
    spans = spans_of(text)
    texts = [without(text, spans, kept) for kept in keep.tolist()]
    slots = np.empty((len(texts), words.columns), np.int64)
    words.write(pl.Series(words.column, texts), slots)
    many = [tensor[:1].expand(len(texts), *tensor.shape[1:]) for tensor in row]
    return (many[0], torch.from_numpy(slots), *many[2:])


def pieces_with_gaps(text: str, amounts: Sequence[float]) -> tuple[tuple[str, ...], tuple[float, ...]]:
    """Return the text cut into words and what stands between them, worth nothing; joined, they are the text."""
    found: list[tuple[str, float]] = []
    at = 0
    for (start, end), amount in zip(spans_of(text), amounts, strict=True):
        found += [(text[at:start], 0.0)] if start > at else []
        found.append((text[start:end], float(amount)))
        at = end
    found += [(text[at:], 0.0)] if at < len(text) else []
    return tuple(piece for piece, _ in found), tuple(amount for _, amount in found)


def without(text: str, spans: Sequence[Span], kept: Sequence[bool]) -> str:
    """Return the text with the words that are not kept left out, a space in the place of each."""
    left, at = [], 0
    for (start, end), stays in zip(spans, kept, strict=True):
        left.append(text[at:end] if stays else f"{text[at:start]} ")
        at = end
    return "".join([*left, text[at:]])
