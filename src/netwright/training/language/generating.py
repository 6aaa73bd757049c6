"""Writing on from a prompt, token by token, each drawn from what the network says of those before."""

from collections.abc import Iterator
from itertools import islice

import numpy as np
import torch
from torch import Tensor

from netwright.core.errors import RecipeError
from netwright.core.language import Sampling
from netwright.core.seeds import derive_seed
from netwright.data.corpus.tokenizing import Tokenizer
from netwright.networks.language import LanguageNetwork
from netwright.training.language.sampling import check_sampling, draw

BROKEN = "\ufffd"  # how a part of a character's bytes decodes
LONGEST_CHARACTER = 4  # tokens of BPE that one character may need


def encode_prompt(tokenizer: Tokenizer, prompt: str) -> list[int]:
    """Return the tokens of a prompt; an empty one begins with a line's end, or whatever stands first.

    Raises:
        RecipeError: it holds what the vocabulary does not.
    """
    if not prompt:
        prompt = "\n" if tokenizer.unknown not in tokenizer.encode("\n") else tokenizer.decode(np.array([1]))
    try:
        tokens = tokenizer.encode(prompt).tolist()
    except UnicodeEncodeError as error:
        raise RecipeError(f"--prompt: expected text, got half of a character: {error.reason}") from error
    if tokenizer.unknown is not None and tokenizer.unknown in tokens:
        odd = [letter for letter in dict.fromkeys(prompt) if tokenizer.unknown in tokenizer.encode(letter)]
        shown = ", ".join(map(repr, odd[:10])) or "a word"
        raise RecipeError(
            f"--prompt: expected {'characters' if odd else 'words'} that the network was trained on, got {shown}; "
            "leave them out, or train with tokenizer.name=bpe, which knows all"
        )
    return list(tokens)


def generate(
    network: LanguageNetwork, tokenizer: Tokenizer, prompt: str, tokens: int, sampling: Sampling
) -> Iterator[str]:
    """Yield text as it is written; the pieces joined are what follows the prompt.

    Args:
        network: in evaluation mode.
        tokenizer: the network's own.
        prompt: what to write on from.
        tokens: how many to write.
        sampling: how they are drawn; the same arguments give the same text.

    Raises:
        RecipeError: the prompt or a number cannot be used.
    """
    check_sampling(sampling)
    if tokens < 1:
        raise RecipeError(f"--tokens: expected a whole number of at least 1, got {tokens}")
    written = _tokens(network, encode_prompt(tokenizer, prompt), tokenizer.unknown, sampling)
    held: list[int] = []
    for token in islice(written, tokens):
        held.append(token)
        text = tokenizer.decode(np.array(held, np.int32))
        if not text.endswith(BROKEN) or len(held) >= LONGEST_CHARACTER:
            yield text
            held = []
    if held:
        yield tokenizer.decode(np.array(held, np.int32))


def _tokens(network: LanguageNetwork, prompt: list[int], never: int | None, sampling: Sampling) -> Iterator[int]:
    generator = torch.Generator().manual_seed(derive_seed(sampling.seed, "generate"))
    device = next(network.parameters()).device
    memory, new = None, prompt[-network.context :]
    while True:
        logits, memory = _ask(network, torch.tensor([new], device=device), memory)
        if never is not None:
            logits = logits.index_fill(0, torch.tensor([never]), -torch.inf)
        new = [draw(logits, sampling, generator)]
        yield new[0]


@torch.inference_mode()
def _ask(network: LanguageNetwork, tokens: Tensor, memory: object) -> tuple[Tensor, object]:
    logits, memory = network.go_on(tokens, memory)  # type: ignore[arg-type]
    return logits[0, -1].double().cpu(), memory
