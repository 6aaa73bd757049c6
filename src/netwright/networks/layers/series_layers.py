"""The series layers by name."""

from netwright.core.values import SeriesInput
from netwright.networks.layers.fcn import FCN
from netwright.networks.layers.inception import Inception
from netwright.networks.layers.rocket import Rocket
from netwright.networks.layers.series import SeriesLayer
from netwright.networks.layers.series_config import SeriesConfig
from netwright.networks.layers.series_recurrent import SeriesRecurrent

SERIES_LAYERS: dict[str, type[SeriesLayer]] = {
    "fcn": FCN,
    "gru": SeriesRecurrent,
    "inception": Inception,
    "lstm": SeriesRecurrent,
    "rocket": Rocket,
}


def make_series_layer(config: SeriesConfig, series: SeriesInput) -> SeriesLayer:
    """Return the layer that `config` names, its weights not drawn yet."""
    return SERIES_LAYERS[config.series](config, series)
