"""Building networks.

Takes an input specification and a network config. Hands on an initialised `nn.Module`.
Does not know data (the two meet in training), nor how a network is trained.
"""

from collections.abc import Callable

from torch import Tensor, nn

from netwright.core.errors import RecipeError, nearest
from netwright.core.values import InputSpec
from netwright.networks.bins import fit_bins
from netwright.networks.data_driven import fit_weights
from netwright.networks.feedforward import MLPConfig, build_mlp, shapes_of
from netwright.networks.layers.convnet import fit_whitening
from netwright.networks.layers.rocket import fit_rocket
from netwright.networks.ridge_start import fit_output

__all__ = ["NETWORKS", "MLPConfig", "build", "fit_bins", "fit_to_rows", "shapes_of"]

NETWORKS: dict[str, Callable[[MLPConfig, InputSpec, int], nn.Module]] = {"mlp": build_mlp}


def build(name: str, config: MLPConfig, spec: InputSpec, seed: int) -> nn.Module:
    """Return the initialised network called `name`; the same arguments give the same bytes.

    Args:
        name: a name of NETWORKS.
        config: the network's own config.
        spec: widths of input and output.
        seed: the recipe's seed; building draws from its own stream and leaves the global random state alone.

    Raises:
        RecipeError: a name is unknown or a size out of range.
    """
    if name not in NETWORKS:
        raise RecipeError(
            f"network.name: expected one of {', '.join(NETWORKS)}, got {name!r}; {nearest(name, NETWORKS)}"
        )
    return NETWORKS[name](config, spec, seed)


def fit_to_rows(module: nn.Module, inputs: tuple[Tensor, ...], targets: Tensor, seed: int) -> None:
    """Learn from the training rows what a network must know of them before its first step: bins, whitened patches,
    thresholds of kernels, then weights.

    Args:
        module: as `build` hands it on.
        inputs: of the training rows, numeric ones first.
        targets: of those rows, whole numbers for classes.
        seed: as of `build`.
    """
    fit_bins(module, inputs[0], targets)
    fit_whitening(module, inputs)
    fit_rocket(module, inputs)
    fit_weights(module, inputs, seed)
    fit_output(module, inputs, targets)
