"""Asking a network for the forecasts of many windows, a block at a time, and the truth beside them."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from netwright.training.forecasting.windowed import Windowed, truth_at
from netwright.training.predict import predict_logits

AT_ONCE = 4_000_000  # numbers of an answer
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Windows:
    """Windows of one array: where they begin, and what is said of each."""

    series: NDArray[np.float64]  # [rows, channel], standardised
    origins: NDArray[np.int64]
    lookback: int
    horizon: int
    outputs: int = 1  # values that are forecast for each step

    @property
    def channels(self) -> int:
        return int(self.series.shape[1])

    def of(self, origins: NDArray[np.int64]) -> "Windows":
        """Return other windows of the same array."""
        return Windows(self.series, origins, self.lookback, self.horizon, self.outputs)


@dataclass(frozen=True)
class Block:
    """Some windows, one after another."""

    first: int  # number of the first
    said: Array  # [window, output, step, channel]
    truth: Array  # [window, step, channel]

    @property
    def middle(self) -> Array:
        """The point forecast: the middle quantile, or the one value [window, step, channel]."""
        return self.said[:, self.said.shape[1] // 2]


def answer(network: nn.Module, windows: Windows) -> Iterator[Block]:
    """Yield what a network says of windows, in their order, with the truth."""
    series = torch.from_numpy(windows.series)
    device = next((parameter.device for parameter in network.parameters()), torch.device("cpu"))
    asked = Windowed(network, series.float(), windows.lookback).to(device)
    size = max(1, AT_ONCE // (windows.outputs * windows.horizon * windows.channels))
    for first in range(0, len(windows.origins), size):
        origins = torch.from_numpy(windows.origins[first : first + size])
        flat = predict_logits(asked, (origins,), size).double().cpu().numpy()
        said = flat.reshape(len(origins), windows.outputs, windows.horizon, windows.channels)
        yield Block(first, said, truth_at(series, origins, windows.horizon).numpy())


def every_answer(network: nn.Module, windows: Windows) -> tuple[Array, Array]:
    """Return all that is said [window, output, step, channel], and the truth [window, step, channel]."""
    blocks = list(answer(network, windows))
    return np.concatenate([block.said for block in blocks]), np.concatenate([block.truth for block in blocks])
