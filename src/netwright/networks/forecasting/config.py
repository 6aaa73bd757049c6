"""How a forecasting network is built, as plain values."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from netwright.core.errors import RecipeError, nearest
from netwright.networks.layers.reversible_norm import NORMS


@dataclass(frozen=True)
class ForecasterConfig:
    """The network; what a kind does not have is not read."""

    name: str = "nlinear"  # a name of CORES
    normalization: str = "last"  # of each window by itself: last, revin or none
    kernel: int = 25  # dlinear: rows of the moving average; tcn: taps of a filter
    width: int = 16  # patchtst: of a patch's vector; lstm, gru, tcn: units
    depth: int = 3  # layers; tcn: at least as many as reach over the look-back
    heads: int = 4  # patchtst
    patch: int = 16  # patchtst: rows of a patch
    stride: int = 8  # patchtst: rows from one patch to the next
    dropout: float = 0.0
    cutoff: float = 0.3  # fits: share of the frequencies that are read


@dataclass(frozen=True)
class ForecastSpec:
    """The shape of what a network reads and answers."""

    lookback: int
    horizon: int
    period: int = 1  # of the season, for the naive forecast
    quantiles: tuple[float, ...] = ()  # none: one value is forecast

    @property
    def outputs(self) -> int:
        """Values that are forecast for each step."""
        return max(1, len(self.quantiles))


def validate_forecaster(config: ForecasterConfig) -> None:
    """Check names and ranges.

    Raises:
        RecipeError: one sentence that names the setting, what was expected and what came.
    """
    if config.normalization not in NORMS:
        close = nearest(config.normalization, NORMS)
        raise RecipeError(f"network.normalization: expected last, revin or none, got {config.normalization!r}; {close}")
    for name, (expected, holds) in _RANGES.items():
        value = getattr(config, name)
        if not holds(value):
            raise RecipeError(f"network.{name}: expected {expected}, got {value!r}")
    if config.name == "patchtst" and (config.width % config.heads or (config.width // config.heads) % 2):
        raise RecipeError(
            "network.width: expected a multiple of 2 * network.heads, so that each head has an even width, "
            f"got width {config.width} and {config.heads} heads"
        )


_COUNT = ("a whole number of 1 to 65,536", lambda value: 1 <= value <= 65_536)
_RANGES: dict[str, tuple[str, Callable[[Any], bool]]] = {
    **dict.fromkeys(("kernel", "width", "depth", "heads", "patch", "stride"), _COUNT),
    "dropout": ("a number from 0 up to but not including 1", lambda value: 0.0 <= value < 1.0),
    "cutoff": ("a share above 0 and at most 1", lambda value: 0.0 < value <= 1.0),
}
