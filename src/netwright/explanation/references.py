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
from netwright.data.transforms.words import UNKNOWN_SLOT
from netwright.networks.layers.text import ENDED, TextBag, TextLayer
from netwright.training.parts import inputs_of

ROWS = 64  # that each row is compared with; with 16 explanations of adult are stable to 0.90 at least, so to 0.98


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
        others: rows of the same source, of which as many as there are, at most ROWS, are taken.
    """
    blank = not preparation.order and not preparation.embeddings  # nothing that another row could lend
    chosen = np.unique(np.linspace(0, len(others) - 1, 1 if blank else min(ROWS, len(others))).round().astype(int))
    each, rows = len(chosen), len(part)
    lent = inputs_of(others.rows(chosen))
    numeric, categorical = (lent[number].repeat(rows, 1) for number in (0, 1))
    own = inputs_of(part)
    categorical = _hidden(module, preparation, categorical, own[1].repeat_interleave(each, dim=0))
    found: tuple[Tensor, ...] = (numeric, categorical)
    if len(own) > 2:
        found = (*found, _blank(own[2], preparation).repeat_interleave(each, dim=0))
    return References(found, _words(preparation, each, blank))


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


def _words(preparation: Preparation, each: int, blank: bool) -> str:
    parts = [] if blank else [f"the mean over {each} other rows of the same data" if each > 1 else "another row"]
    parts += ["the text with its words hidden"] if preparation.texts else []
    parts += ["an image of the mean colour"] if preparation.image is not None else []
    parts += ["a series that stays at its mean"] if preparation.series is not None else []
    return ", ".join(parts)
