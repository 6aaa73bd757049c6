"""Series by modules that look at short, middling and long stretches at once.

Source: H. Ismail Fawaz et al., InceptionTime: finding AlexNet for time series classification, 2020; here with fewer
filters and modules.
"""

import torch
from torch import Generator, nn
from torch.nn.functional import max_pool1d, relu

from netwright.core.values import SeriesInput
from netwright.networks.layers.series import Inside, Maps, SeriesMaps, SeriesNorm, Values
from netwright.networks.layers.series_config import SeriesConfig

SIZES = (9, 19, 39)
EVERY = 3  # modules that a shortcut leads past


class InceptionModule(nn.Module):
    """Three convolutions of a narrow copy, and one of the largest neighbours, side by side."""

    def __init__(self, width_in: int, filters: int) -> None:
        super().__init__()
        self.narrow = nn.Conv1d(width_in, filters, 1, bias=False) if width_in > 1 else None
        width = width_in if self.narrow is None else filters
        self.paths = nn.ModuleList(nn.Conv1d(width, filters, size, padding="same", bias=False) for size in SIZES)
        self.pooled = nn.Conv1d(width_in, filters, 1, bias=False)
        self.norm = SeriesNorm(4 * filters)

    def forward(self, values: Values, inside: Inside) -> Maps:
        narrow = values if self.narrow is None else self.narrow(values)
        largest = max_pool1d(values.masked_fill(~inside, -torch.inf), 3, stride=1, padding=1)
        largest = largest.masked_fill(~inside, 0.0)
        found = torch.cat([*(path(narrow) for path in self.paths), self.pooled(largest)], dim=1)
        normalised: Maps = self.norm(found, inside)
        return normalised


class Inception(SeriesMaps):
    """Modules, with a shortcut past every three."""

    def __init__(self, config: SeriesConfig, series: SeriesInput) -> None:
        super().__init__(config, series)
        self.width = 4 * config.series_filters
        widths = [series.channels, *[self.width] * (config.series_depth - 1)]
        self.stages = nn.ModuleList(InceptionModule(width, config.series_filters) for width in widths)
        ends = range(EVERY, config.series_depth + 1, EVERY)
        starts = [series.channels, *[self.width] * len(ends)]
        self.shortcuts = nn.ModuleList(
            nn.Conv1d(width, self.width, 1, bias=False) for width, _ in zip(starts, ends, strict=False)
        )
        self.norms = nn.ModuleList(SeriesNorm(self.width) for _ in ends)

    def fill(self, generator: Generator) -> None:
        for layer in self.modules():
            if isinstance(layer, nn.Conv1d):
                nn.init.kaiming_uniform_(layer.weight, nonlinearity="relu", generator=generator)

    def maps(self, values: Values, inside: Inside) -> Maps:
        before = values
        for number, stage in enumerate(self.stages, start=1):
            values = stage(values, inside)
            if number % EVERY == 0:
                place = number // EVERY - 1
                values = values + self.norms[place](self.shortcuts[place](before), inside)
            values = relu(values)
            before = values if number % EVERY == 0 else before
        return values
