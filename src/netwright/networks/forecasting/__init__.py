"""Networks that forecast: from what was seen last to the steps that come.

Each file holds a core, a module from one channel's normalised window [row, lookback] to raw outputs
[row, outputs * horizon] with a `fill(generator)`, and `make`, which builds it. `forecaster.py` puts the rest around it.
"""

from collections.abc import Callable
from typing import Protocol, runtime_checkable

import torch
from torch import Generator, nn

from netwright.core.errors import RecipeError, nearest
from netwright.core.seeds import derive_seed
from netwright.networks.forecasting import convolutional, fits, linear, naive, patches, recurrent
from netwright.networks.forecasting.config import ForecasterConfig, ForecastSpec
from netwright.networks.forecasting.forecaster import Forecaster


@runtime_checkable
class Fills(Protocol):
    """A core that draws its own weights."""

    def fill(self, generator: Generator) -> None: ...


CORES: dict[str, Callable[[ForecasterConfig, ForecastSpec], nn.Module]] = {
    "nlinear": linear.make_linear,
    "ridge": linear.make_linear,
    "dlinear": linear.make_decomposed,
    "fits": fits.make_fits,
    "patchtst": patches.make_patches,
    "lstm": recurrent.make_recurrent,
    "gru": recurrent.make_recurrent,
    "tcn": convolutional.make_convolutional,
    "naive": naive.make_naive,
}


def build_forecaster(config: ForecasterConfig, spec: ForecastSpec, seed: int) -> Forecaster:
    """Return the initialised network that `config.name` names; the same arguments give the same bytes.

    Raises:
        RecipeError: a name is unknown or a size out of range.
    """
    if config.name not in CORES:
        raise RecipeError(
            f"network.name: expected one of {', '.join(CORES)}, got {config.name!r}; {nearest(config.name, CORES)}"
        )
    core = CORES[config.name](config, spec)
    generator = torch.Generator().manual_seed(derive_seed(seed, "initialization"))
    with torch.no_grad():
        fill(core, generator)
    return Forecaster(core, config.normalization, spec)


def fill(core: nn.Module, generator: Generator) -> None:
    """Have a core draw its weights; one without any has none to draw."""
    if any(True for _ in core.parameters()):
        assert isinstance(core, Fills), "a core with weights says how they start"
        core.fill(generator)


__all__ = ["CORES", "ForecastSpec", "Forecaster", "ForecasterConfig", "build_forecaster"]
