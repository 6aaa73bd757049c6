"""What a row is compared with: other rows of its columns, and of what has many places the blank one.

A blank image is the training images' mean colour everywhere, a blank series their mean at each step that there is. A
blank text is one whose words are hidden as in training: ended at once where texts are bags, else of unknown words.
"""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Shaped
from torch import Tensor, nn

from netwright.data import Preparation, Prepared
from netwright.data.transforms.embedding import FIRST_SLOT
from netwright.data.transforms.one_hot import OneHot
from netwright.data.transforms.words import UNKNOWN_SLOT
from netwright.networks.layers.text import ENDED, TextBag, TextLayer
from netwright.training.parts import inputs_of

ROWS = 64  # that each row is compared with; with 16 explanations of adult are stable to 0.90 at least, so to 0.98
USUAL = "a row of middles and most frequent categories"


@dataclass(frozen=True)
class References:
    """What rows are compared with, and how it is called."""

    inputs: tuple[Tensor, ...]  # those of a row one after another
    against: str


def references_for(module: nn.Module, preparation: Preparation, part: Prepared, others: Prepared) -> References:
    """Return what each row of `part` is compared with.

    Args:
        module: the network that reads them.
        preparation: of the rows.
        part: the rows that are explained.
        others: rows of the same source, of which as many as there are, at most ROWS, are taken; none: the usual row.
    """
    blank = not preparation.order and not preparation.embeddings  # nothing that another row could lend
    usual = not len(others)
    others = usual_row(preparation, part) if usual else others
    chosen = np.unique(np.linspace(0, len(others) - 1, 1 if blank else min(ROWS, len(others))).round().astype(int))
    each, height = len(chosen), len(part)
    lent = inputs_of(others.rows(chosen))
    numeric, categorical = (lent[number].repeat(height, 1) for number in (0, 1))
    own = inputs_of(part)
    categorical = _hidden(module, preparation, categorical, own[1].repeat_interleave(each, dim=0))
    found: tuple[Tensor, ...] = (numeric, categorical)
    if len(own) > 2:
        found = (*found, _blank(own[2], preparation).repeat_interleave(each, dim=0))
    rows = f"the mean over {each} other rows of the same data" if each > 1 else "another row of the same data"
    return References(found, _words(preparation, USUAL if usual else rows, blank))


def usual_row(preparation: Preparation, part: Prepared) -> Prepared:
    """Return the row of middles: 0 of all that is standardised, the most frequent categories, nothing in texts."""
    numeric, at = np.zeros((1, part.numeric.shape[1]), np.float32), 0
    for encoder in preparation.encoders:
        if isinstance(encoder, OneHot):
            numeric[0, at] = 1.0
        at += len(encoder.names)
    categorical = np.zeros((1, part.categorical.shape[1]), np.int64)
    categorical[0, : len(preparation.embeddings)] = FIRST_SLOT
    return Prepared(numeric, categorical, None)


def _hidden(module: nn.Module, preparation: Preparation, others: Tensor, own: Tensor) -> Tensor:
    """Return categories of other rows beside the words of these, all hidden."""
    start = len(preparation.embeddings)
    bags = all(isinstance(layer, TextBag) for layer in module.modules() if isinstance(layer, TextLayer))
    found = torch.cat([others[:, :start], torch.full_like(own[:, start:], ENDED)], dim=1)
    for words in preparation.texts:
        places = slice(start, start + words.length)
        if not bags:
            found[:, places] = torch.where(own[:, places] == ENDED, ENDED, UNKNOWN_SLOT)
        start += words.columns
    return found


def _blank(third: Shaped[Tensor, "rows channels *places"], preparation: Preparation) -> Tensor:
    if preparation.image is not None:
        mean = torch.tensor(preparation.image.mean).view(1, -1, 1, 1)
        return mean.expand(third.shape).round().clamp(0, 255).to(torch.uint8)
    assert preparation.spec.series is not None
    mean = torch.tensor(preparation.spec.series.mean).view(1, -1, 1)
    return torch.where(third.isnan(), torch.nan, mean.to(third))


def _words(preparation: Preparation, rows: str, blank: bool) -> str:
    parts = [] if blank else [rows]
    parts += ["the text with its words hidden"] if preparation.texts else []
    parts += ["an image of the mean colour"] if preparation.image is not None else []
    parts += ["a series that stays at its mean"] if preparation.series is not None else []
    return ", ".join(parts)
