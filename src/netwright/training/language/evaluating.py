"""How well a text is foretold: -log p of every token, each with what came before it in view."""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from netwright.core.language import TextEvaluation, TextMeasure
from netwright.networks.language import LanguageNetwork
from netwright.training.language.ngrams import foretell

ROWS = 32  # windows asked at once
Nats = NDArray[np.float64]


def surprises(network: LanguageNetwork, before: NDArray[Any], tokens: NDArray[Any]) -> Nats:
    """Return -log p in nats of each token.

    Windows of `context` tokens overlap by half: each token is foretold from the half of a window before it, or more.

    Args:
        network: its mode is put back afterwards.
        before: tokens that come before the first; at least one, or the first is taken to be as likely as all others.
        tokens: what is foretold.
    """
    context = network.context
    stride = max(1, context // 2)
    lead = before[-(context - stride + 1) :]
    whole = np.concatenate([lead, tokens]).astype(np.int64)
    found = np.full(len(whole), math.log(network.head.out_features))
    starts = list(range(0, max(1, len(whole) - 1 - (context - stride)), stride))
    with evaluating(network):
        for group in _groups(whole, starts, context):
            nats = nats_of(network, group)
            for start, row in zip(starts[: len(nats)], nats, strict=True):
                skip = 0 if start == 0 else context - stride
                found[start + 1 + skip : start + 1 + len(row)] = row[skip:]
            starts = starts[len(nats) :]
    return found[len(lead) :]


def _groups(whole: NDArray[np.int64], starts: list[int], context: int) -> Iterator[Tensor]:
    """Yield windows of one length, with the token after each; the last of a text may be shorter."""
    full = [start for start in starts if start + context + 1 <= len(whole)]
    for at in range(0, len(full), ROWS):
        places = np.array(full[at : at + ROWS])[:, None] + np.arange(context + 1)
        yield torch.from_numpy(whole[places])
    for start in starts[len(full) :]:
        if len(whole) - start > 1:
            yield torch.from_numpy(whole[start:]).unsqueeze(0)


@torch.inference_mode()
def nats_of(network: LanguageNetwork, windows: Tensor) -> Nats:
    """Return -log p of all but the first token of each window."""
    windows = windows.to(next(network.parameters()).device)
    logits = network(windows[:, :-1]).float()
    nats = cross_entropy(logits.flatten(0, 1), windows[:, 1:].flatten(), reduction="none")
    return nats.view(len(windows), -1).double().cpu().numpy()


@contextmanager
def evaluating(module: nn.Module) -> Iterator[None]:
    """Put a module in evaluation mode for a while."""
    before = module.training
    module.eval()
    try:
        yield
    finally:
        module.train(before)


def validator(network: LanguageNetwork, tokens: NDArray[Any], most: int) -> Callable[[nn.Module], float]:
    """Return what `fit` measures after each epoch: mean nats per token over windows spread evenly over a part."""
    context = network.context
    every = np.arange(0, max(1, len(tokens) - context), context)
    chosen = every[np.linspace(0, len(every) - 1, max(1, min(len(every), most // context))).astype(int)]
    windows = torch.from_numpy(tokens[chosen[:, None] + np.arange(min(context + 1, len(tokens)))].astype(np.int64))

    def measure(_: nn.Module) -> float:
        with evaluating(network):
            return float(np.concatenate([nats_of(network, group) for group in torch.split(windows, ROWS)]).mean())

    return measure


def evaluation_of(part: str, text: str, tokens: NDArray[Any], nats: Nats, unknown: int | None) -> TextEvaluation:
    """Bring the surprises of a text's tokens to numbers that other vocabularies can be compared by."""
    told = measured(float(nats.sum()), text)
    measure = TextMeasure(told.nats_per_character, told.bits_per_byte, math.exp(min(float(nats.mean()), 700.0)))
    odd = 0 if unknown is None else int((tokens == unknown).sum())
    return TextEvaluation(part, len(text), len(text.encode()), len(tokens), odd, measure)


def measured(nats: float, text: str) -> TextMeasure:
    """Return what a surprise of so many nats is by character and by byte."""
    return TextMeasure(nats / max(len(text), 1), nats / math.log(2) / max(len(text.encode()), 1))


def baselines_of(train: NDArray[Any], test: NDArray[Any], letters: int, text: str) -> dict[str, TextMeasure]:
    """Return what n-grams of characters make of the same text."""
    return {name: measured(float(nats.sum()), text) for name, nats in foretell(train, test, letters).items()}
