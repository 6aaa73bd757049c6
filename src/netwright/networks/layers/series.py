"""Time series as vectors: values are standardised, and what follows a series' end is not there for any layer."""

from abc import abstractmethod

import torch
from jaxtyping import Bool, Float
from torch import Generator, Tensor, nn
from torch.nn.functional import dropout

from netwright.core.values import SeriesInput
from netwright.networks.layers.series_config import SeriesConfig

Values = Float[Tensor, "batch channels length"]
Inside = Bool[Tensor, "batch 1 length"]  # whether a place lies before a series' end
Maps = Float[Tensor, "batch features length"]
Vectors = Float[Tensor, "batch features"]


class SeriesLayer(nn.Module):
    """What the kinds below share. `read` is theirs; `width` is how many numbers a series becomes.

    A series may be shorter or longer than those of training. Its vector is the same however many places follow its end.
    """

    width: int

    def __init__(self, config: SeriesConfig, series: SeriesInput) -> None:
        super().__init__()
        self.series, self.silenced = series, config.series_dropout
        for name, numbers in (("mean", series.mean), ("deviation", series.deviation)):
            self.register_buffer(name, torch.tensor(numbers, device="cpu").reshape(1, -1, 1), persistent=False)

    @abstractmethod
    def read(self, values: Values, inside: Inside) -> Vectors:
        """Return a vector for each series: standardised, 0 where no value is known and where `inside` does not hold."""

    @abstractmethod
    def fill(self, generator: Generator) -> None:
        """Draw all weights."""

    def standardised(self, series: Values) -> tuple[Values, Inside]:
        """Return series with mean 0 and standard deviation 1 over those of training, and where they have values."""
        values = (series - self.get_buffer("mean")) / self.get_buffer("deviation")
        return torch.nan_to_num(values), inside_of(series)

    def forward(self, series: Values) -> Vectors:
        return dropout(self.read(*self.standardised(series)), self.silenced, self.training)


class SeriesMaps(SeriesLayer):
    """Layers that make maps over time, of which the mean up to a series' end is taken."""

    @abstractmethod
    def maps(self, values: Values, inside: Inside) -> Maps:
        """Return what the last stage makes of standardised series, 0 after their ends."""

    def read(self, values: Values, inside: Inside) -> Vectors:
        return mean_inside(self.maps(values, inside), inside)


class SeriesNorm(nn.BatchNorm1d):
    """Batch normalisation over the places before a series' end; after it stays 0."""

    asks_host = True  # whether there are places enough: its steps cannot be recorded for a GPU

    def forward(self, maps: Values, inside: Inside | None = None) -> Values:
        assert inside is not None
        if not self.training:
            return super().forward(maps) * inside
        places = inside[:, 0]
        if int(places.sum()) < 2:
            return maps * inside  # one place has no spread
        normalised = torch.zeros_like(maps.transpose(1, 2))
        normalised[places] = super().forward(maps.transpose(1, 2)[places])
        return normalised.transpose(1, 2)


def inside_of(series: Values) -> Inside:
    """Return which places lie before the end of each series: after the last value that any channel has, none do."""
    present = ~torch.isnan(series).all(dim=1)
    return (present.flip(1).to(torch.int64).cumsum(dim=1) > 0).flip(1).unsqueeze(1)


def mean_inside(maps: Values, inside: Inside) -> Vectors:
    """Return the mean of each map over the places of its series; 0 where there are none."""
    return (maps * inside).sum(dim=2) / inside.sum(dim=2).clamp(min=1)
