"""Series by three convolutions, wide ones first, and the mean of each map over time.

Source: Z. Wang, W. Yan, T. Oates, Time series classification from scratch with deep neural networks, 2017.
"""

from itertools import pairwise

from torch import Generator, nn
from torch.nn.functional import pad, relu

from netwright.core.values import SeriesInput
from netwright.networks.layers.series import Inside, Maps, SeriesMaps, SeriesNorm, Values
from netwright.networks.layers.series_config import SeriesConfig

SIZES = (8, 5, 3)  # of the first three kernels; those after them are of 3 too


class FCN(SeriesMaps):
    """Convolution, normalisation and ReLU, as often as `series_widths` says."""

    def __init__(self, config: SeriesConfig, series: SeriesInput) -> None:
        super().__init__(config, series)
        self.sizes = [*SIZES, *[SIZES[-1]] * len(config.series_widths)][: len(config.series_widths)]
        steps = zip(pairwise((series.channels, *config.series_widths)), self.sizes, strict=True)
        self.convolutions = nn.ModuleList(nn.Conv1d(before, width, size, bias=False) for (before, width), size in steps)
        self.norms = nn.ModuleList(SeriesNorm(width) for width in config.series_widths)
        self.width = config.series_widths[-1]

    def fill(self, generator: Generator) -> None:
        for layer in self.modules():
            if isinstance(layer, nn.Conv1d):
                nn.init.kaiming_uniform_(layer.weight, nonlinearity="relu", generator=generator)

    def maps(self, values: Values, inside: Inside) -> Maps:
        for convolution, norm, size in zip(self.convolutions, self.norms, self.sizes, strict=True):
            wide = pad(values, ((size - 1) // 2, size // 2))  # the first size is even
            values = relu(norm(convolution(wide), inside))
        return values
