"""Small tables of series for tests."""

import numpy as np
import polars as pl

from netwright.data import read_table
from netwright.data.series.panel import Panel, PanelRequest, read_panel

HOUR = 3_600_000_000  # microseconds


def hours(rows: int, start: str = "2024-01-01") -> list[str]:
    moments = np.datetime64(start, "h") + np.arange(rows)
    return [str(moment).replace("T", " ") + ":00" for moment in moments]


def waves(rows: int, period: int = 24, seed: int = 0, channels: int = 1) -> np.ndarray:
    """A season with noise, a slow rise, each channel another phase and size."""
    generator, t = np.random.default_rng(seed), np.arange(rows)
    columns = [
        (c + 1) * np.sin(2 * np.pi * (t + 5 * c) / period) + 0.002 * t + 0.1 * generator.normal(size=rows)
        for c in range(channels)
    ]
    return np.stack(columns, axis=1)


def hourly(rows: int, **shape) -> pl.DataFrame:
    values = waves(rows, **shape)
    return pl.DataFrame({"date": hours(rows)} | {f"c{k}": values[:, k] for k in range(values.shape[1])})


def panel_of(frame: pl.DataFrame, **request) -> Panel:
    return read_panel(read_table(frame), PanelRequest(**request))
