"""The size of a language model, as plain values."""

from dataclasses import dataclass
from typing import Any

from netwright.core.errors import RecipeError, nearest

MOST_WEIGHTS = 1 << 31  # in a network; more is a slip of the pen, or a file of a stranger


@dataclass(frozen=True)
class LanguageNetworkConfig:
    """A gpt is a stack of Transformer blocks; lstm and gru read token by token and carry a state."""

    name: str = "gpt"  # gpt, lstm or gru
    width: int = 128  # numbers that stand for a token
    depth: int = 4  # blocks, or recurrent layers
    heads: int = 2  # gpt: of attention, each width / heads wide
    context: int = 128  # tokens that are seen at once; gpt: that a prediction can rest on
    dropout: float = 0.0  # share of what each block adds that training silences


def check_network(config: LanguageNetworkConfig, names: tuple[str, ...]) -> None:
    """Check every name and size.

    Raises:
        RecipeError: one sentence that names the setting, what was expected and what came.
    """
    if config.name not in names:
        raise RecipeError(
            f"network.name: expected one of {', '.join(names)}, got {config.name!r}; {nearest(config.name, names)}"
        )
    for setting, most in (("width", 1 << 14), ("depth", 256), ("heads", 256), ("context", 1 << 16)):
        _check_count(f"network.{setting}", getattr(config, setting), most)
    if not 0.0 <= config.dropout < 1.0:
        raise RecipeError(f"network.dropout: expected a share from 0 up to but not including 1, got {config.dropout!r}")
    if config.name == "gpt" and config.width % (2 * config.heads):
        raise RecipeError(
            f"network.heads: expected an even number of columns for each head, got width {config.width} "
            f"for {config.heads} heads; take a width that {2 * config.heads} divides"
        )


def _check_count(setting: str, value: Any, most: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        raise RecipeError(f"{setting}: expected a whole number from 1 to {most:,}, got {value!r}")
