"""Series read value by value in both directions by an LSTM or a GRU; see text_recurrent.py for the formulas."""

from torch import Generator
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from netwright.core.values import SeriesInput
from netwright.networks.layers.recurrent_cells import CELLS, fill_cell
from netwright.networks.layers.series import Inside, SeriesLayer, Values, Vectors, mean_inside
from netwright.networks.layers.series_config import SeriesConfig
from netwright.networks.layers.unfilled import unfilled


class SeriesRecurrent(SeriesLayer):
    """The mean of the states over a series; places after its end are not read."""

    asks_host = True  # for the lengths: its steps cannot be recorded for a GPU

    def __init__(self, config: SeriesConfig, series: SeriesInput) -> None:
        super().__init__(config, series)
        cell = CELLS[config.series]
        self.cell = unfilled(
            cell(
                series.channels,
                config.series_units,
                num_layers=config.series_depth,
                batch_first=True,
                bidirectional=True,
                device="meta",
            )
        )
        self.width = 2 * config.series_units

    def fill(self, generator: Generator) -> None:
        """Draw the cell's weights as `fill_cell` says."""
        fill_cell(self.cell, generator)

    def read(self, values: Values, inside: Inside) -> Vectors:
        lengths = inside.sum(dim=(1, 2)).clamp(min=1)
        rows = values.transpose(1, 2)
        packed = pack_padded_sequence(rows, lengths.cpu(), batch_first=True, enforce_sorted=False)
        states, _ = pad_packed_sequence(self.cell(packed)[0], batch_first=True, total_length=rows.shape[1])
        return mean_inside(states.transpose(1, 2), inside)
