"""Errors of forecasts over windows: by window, step and channel, in standardised units and in each channel's own."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch import nn

from netwright.core.evidence import Measure
from netwright.core.forecasts import ChannelError, StepError
from netwright.training.forecasting.answering import Block, Windows, answer
from netwright.training.forecasting.intervals import ends_of

Array = NDArray[np.float64]
RESAMPLES = 1000
LEAST_BLOCKS = 10  # stretches that do not overlap, for an interval


@dataclass(frozen=True)
class Measured:
    """What a network's errors are on windows."""

    squared: Array  # mean of each window, standardised
    absolute: Array
    mse: Array  # [step, channel], standardised
    mae: Array
    mse_own: Array  # [channel], in its own unit squared
    mae_own: Array
    covered: Array | None = None  # [step, channel]: share of truths inside
    width: Array | None = None  # [step, channel]: mean width of intervals

    @property
    def headline(self) -> dict[str, float]:
        return {"mse": float(self.squared.mean()), "mae": float(self.absolute.mean())}


def measure(network: nn.Module, windows: Windows, scales: Array, reach: Array | None = None) -> Measured:
    """Measure forecasts on every window.

    Args:
        network: reads [batch, lookback, channel].
        windows: of standardised rows.
        scales: of each window's channels [window, channel], from standardised units to its own.
        reach: of intervals [step, channel]; None: none are measured.
    """
    shape, count = (windows.horizon, windows.channels), max(len(windows.origins), 1)
    squared, absolute = [], []
    sums = {name: np.zeros(shape) for name in ("mse", "mae", "covered", "width")}
    own = {"mse": np.zeros(windows.channels), "mae": np.zeros(windows.channels)}
    for block in answer(network, windows):
        error = block.middle - block.truth
        unit = scales[block.first : block.first + len(error)]
        sizes = {"mse": error**2, "mae": np.abs(error)}
        squared.append(sizes["mse"].mean(axis=(1, 2)))
        absolute.append(sizes["mae"].mean(axis=(1, 2)))
        for name, size in sizes.items():
            sums[name] += size.sum(axis=0)
            own[name] += (size.mean(axis=1) * (unit**2 if name == "mse" else unit)).sum(axis=0)
        _cover(block, reach, sums)
    means = {name: total / count for name, total in sums.items()}
    return Measured(
        np.concatenate(squared),
        np.concatenate(absolute),
        means["mse"],
        means["mae"],
        own["mse"] / count,
        own["mae"] / count,
        None if reach is None else means["covered"],
        None if reach is None else means["width"],
    )


def _cover(block: Block, reach: Array | None, sums: dict[str, Array]) -> None:
    if reach is None:
        return
    low, high = ends_of(block.said, reach)
    sums["covered"] += ((low <= block.truth) & (block.truth <= high)).sum(axis=0)
    sums["width"] += (high - low).sum(axis=0)


def with_interval(values: Array, length: int, seed: int = 0) -> Measure:
    """Return the mean of windows' errors with its 95% interval, by resampling stretches of windows.

    Neighbouring windows share most of their rows, so stretches as long as the horizon are drawn, not single windows
    (H. Künsch, The jackknife and the bootstrap for general stationary observations, 1989). None where there are fewer
    than LEAST_BLOCKS stretches.
    """
    mean = float(values.mean())
    blocks = len(values) // max(length, 1)
    if blocks < LEAST_BLOCKS:
        return Measure(mean, None, None)
    sums = np.concatenate([[0.0], np.cumsum(values)])
    stretches = (sums[length:] - sums[:-length]) / length
    drawn = np.random.default_rng(seed).integers(0, len(stretches), (RESAMPLES, blocks))
    low, high = np.quantile(stretches[drawn].mean(axis=1), [0.025, 0.975])
    return Measure(mean, float(low), float(high))


def by_channel(found: Measured, names: tuple[str, ...]) -> tuple[ChannelError, ...]:
    """Return the errors of each channel, over windows and steps."""
    covered = None if found.covered is None else found.covered.mean(axis=0)
    return tuple(
        ChannelError(
            name=name,
            mse=float(found.mse[:, k].mean()),
            mae=float(found.mae[:, k].mean()),
            rmse_own=float(np.sqrt(found.mse_own[k])),
            mae_own=float(found.mae_own[k]),
            covered=None if covered is None else float(covered[k]),
        )
        for k, name in enumerate(names)
    )


def by_step(found: Measured) -> tuple[StepError, ...]:
    """Return the errors at each step, over windows and channels."""
    return tuple(
        StepError(
            step=k + 1,
            mse=float(found.mse[k].mean()),
            mae=float(found.mae[k].mean()),
            covered=None if found.covered is None else float(found.covered[k].mean()),
            width=_finite(None if found.width is None else float(found.width[k].mean())),
        )
        for k in range(len(found.mse))
    )


def _finite(value: float | None) -> float | None:
    return value if value is not None and np.isfinite(value) else None
