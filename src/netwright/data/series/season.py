"""After how many rows a series repeats itself, from the autocorrelation of its training rows.

Rule: the values are made free of slow drift by differences from one row to the next; their autocorrelation, averaged
over channels, has peaks at multiples of a season. Neighbours are alike without a season, so peaks count from the first
lag of two or more on at which the correlation is not above 0. The smallest lag whose peak is at least 0.8 of the
highest is taken, if the peak is at least 0.2.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LEAST = 0.2  # autocorrelation of a season
NEARLY = 0.8  # of the highest peak: a day and not a week, where both repeat
AROUND = 1.25  # times that lag, more or less: where it is looked for more closely
LONGEST = 10_000  # rows of a season
CYCLES = 3  # seasons that the rows must hold


@dataclass(frozen=True)
class Season:
    """What was found."""

    period: int  # 1: no season
    correlation: float  # at that lag
    reason: str


def find_season(parts: list[NDArray[np.float64]]) -> Season:
    """Find the season of series.

    Args:
        parts: training rows of each series [rows, channel], standardised.
    """
    longest = max(parts, key=len, default=np.zeros((0, 1)))
    most = min(len(longest) // CYCLES, LONGEST)
    if most < 3:
        return Season(1, 0.0, f"{len(longest):,} training rows are too few to see a season")
    correlation = autocorrelation(np.diff(longest, axis=0), most)
    lags = np.arange(2, most)
    alike = np.cumsum(correlation[2:-1] <= 0.0) == 0
    peaks = lags[(correlation[2:-1] >= correlation[1:-2]) & (correlation[2:-1] > correlation[3:]) & ~alike]
    if not len(peaks) or correlation[peaks].max() < LEAST:
        highest = float(correlation[peaks].max()) if len(peaks) else 0.0
        said = f"no lag up to {most:,} rows has an autocorrelation of changes of {LEAST} (the highest is {highest:.2f})"
        return Season(1, highest, said)
    first = int(peaks[correlation[peaks] >= NEARLY * correlation[peaks].max()][0])
    period = _refined(longest, first)
    found = float(correlation[period])
    return Season(period, found, f"the autocorrelation of the training rows' changes is {found:.2f} at {period} rows")


def _refined(values: NDArray[np.float64], lag: int) -> int:
    """Return the lag nearby at which the values, less their mean over so many rows, are most alike.

    Changes from row to row hold twice the noise of the values, which moves their peak by a row or two.
    """
    sums = np.concatenate([np.zeros((1, values.shape[1])), values.cumsum(axis=0)])
    level = (sums[lag:] - sums[:-lag]) / lag
    low, high = max(2, round(lag / AROUND)), round(lag * AROUND)
    alike = autocorrelation(values[lag // 2 :][: len(level)] - level[: len(values) - lag // 2], high)
    return low + int(alike[low:].argmax())


def autocorrelation(values: NDArray[np.float64], most: int) -> NDArray[np.float64]:
    """Return the autocorrelation at lags 0 to `most`, averaged over the channels that move [most + 1]."""
    centred = values - values.mean(axis=0)
    length = 1 << int(2 * len(values) - 1).bit_length()
    spectrum = np.abs(np.fft.rfft(centred, length, axis=0)) ** 2
    sums = np.fft.irfft(spectrum, length, axis=0)[: most + 1]
    moving = sums[0] > 1e-12 * len(values)
    if not moving.any():
        return np.zeros(most + 1)
    return np.asarray((sums[:, moving] / sums[0, moving]).mean(axis=1))
