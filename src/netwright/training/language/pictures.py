"""What the report shows of a language model beside numbers: what it writes, what surprises it, where it looks."""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from netwright.core.language import AttentionMap, Excerpt, Sample, Sampling, TextPictures
from netwright.data.corpus.tokenizing import Tokenizer
from netwright.networks.language import LanguageNetwork
from netwright.networks.language.gpt import Gpt
from netwright.training.language.generating import generate
from netwright.training.language.material import TextMaterial

EXCERPT = 600  # tokens whose surprise is shown
LOOKED_AT = 40  # tokens whose attention is shown
PROMPT = 80  # characters of the first line, from which samples go on
WRITTEN = 300  # tokens of a sample
TEMPERATURES = (0.5, 0.8, 1.0)


def draw_pictures(network: LanguageNetwork, material: TextMaterial, nats: NDArray[np.float64]) -> TextPictures:
    """Write samples, and look at the beginning of the part that the run is measured on.

    Args:
        network: trained, in evaluation mode.
        material: its text.
        nats: surprise of each token of that part.
    """
    start, stop = material.measured[1]
    text = material.corpus.text(start, min(stop, start + 8 * EXCERPT))
    tokens = material.tokenizer.encode(text)[:EXCERPT]
    pieces = _pieces(material.tokenizer, tokens)
    excerpt = Excerpt(pieces, tuple(round(float(value), 3) for value in nats[: len(tokens)]))
    prompt = text.lstrip().split("\n")[0][:PROMPT] + "\n"
    if material.tokenizer.unknown is not None and material.tokenizer.unknown in material.tokenizer.encode(prompt):
        prompt = ""
    samples = tuple(
        Sample(prompt, "".join(generate(network, material.tokenizer, prompt, WRITTEN, Sampling(heat))), heat)
        for heat in TEMPERATURES
    )
    return TextPictures(excerpt, samples, _attention(network, tokens, pieces))


def _pieces(tokenizer: Tokenizer, tokens: NDArray[Any]) -> tuple[str, ...]:
    return tuple(tokenizer.decode(tokens[at : at + 1]) for at in range(len(tokens)))


@torch.inference_mode()
def _attention(network: LanguageNetwork, tokens: NDArray[Any], pieces: tuple[str, ...]) -> AttentionMap | None:
    """Return the head that looks most at other places than the one before: neighbours say little."""
    if not isinstance(network, Gpt):
        return None
    count = min(LOOKED_AT, network.context, len(tokens))
    device = next(network.parameters()).device
    looked = torch.from_numpy(tokens[:count].astype(np.int64)).unsqueeze(0).to(device)
    maps = torch.stack([network.attention(looked, block)[0] for block in range(len(network.blocks))]).cpu()
    far = maps.tril(-2).sum(dim=(2, 3))
    block, head = divmod(int(far.argmax()), far.shape[1])
    rows = tuple(tuple(round(float(value), 3) for value in maps[block, head, row, : row + 1]) for row in range(count))
    return AttentionMap(block + 1, head + 1, pieces[:count], rows)
