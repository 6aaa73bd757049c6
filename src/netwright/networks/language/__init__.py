"""Language models: from tokens to logits of the token after each. All have `forward`, `go_on`, `fill` and `context`."""

from collections.abc import Callable

import torch

from netwright.core.errors import RecipeError
from netwright.core.seeds import derive_seed
from netwright.networks.language.config import MOST_WEIGHTS, LanguageNetworkConfig, check_network
from netwright.networks.language.gpt import Gpt
from netwright.networks.language.recurrent import Recurrent

__all__ = ["LANGUAGE_NETWORKS", "LanguageNetwork", "LanguageNetworkConfig", "build_language", "language_shapes"]

LanguageNetwork = Gpt | Recurrent
LANGUAGE_NETWORKS: dict[str, Callable[[LanguageNetworkConfig, int], LanguageNetwork]] = {
    "gpt": Gpt,
    "lstm": Recurrent,
    "gru": Recurrent,
}


def build_language(config: LanguageNetworkConfig, tokens: int, seed: int) -> LanguageNetwork:
    """Return the initialised network; the same arguments give the same bytes.

    Args:
        config: its kind and size.
        tokens: of the vocabulary.
        seed: the recipe's; building draws from its own stream.

    Raises:
        RecipeError: a name is unknown or a size out of range.
    """
    language_shapes(config, tokens)
    module = LANGUAGE_NETWORKS[config.name](config, tokens)
    module.fill(torch.Generator().manual_seed(derive_seed(seed, "initialization")))
    return module


def language_shapes(config: LanguageNetworkConfig, tokens: int) -> dict[str, tuple[int, ...]]:
    """Return the shape of each weight without room for any; arguments and errors as of `build_language`."""
    check_network(config, tuple(LANGUAGE_NETWORKS))
    with torch.device("meta"):
        state = LANGUAGE_NETWORKS[config.name](config, tokens).state_dict()
    weights = sum(tensor.numel() for tensor in state.values())
    if weights > MOST_WEIGHTS:
        raise RecipeError(f"network: expected at most {MOST_WEIGHTS:,} weights, got {weights:,}; take a smaller width")
    return {name: tuple(tensor.shape) for name, tensor in state.items()}
