"""Scales are learnt from training rows alone, and undone without loss."""

import numpy as np
import polars as pl

from netwright.data.series.borders import BordersConfig, draw_borders
from netwright.data.series.scaling import fit_scaling, owners, spread_of, standardise
from tests.data.series.series_tables import hourly, panel_of


def test_later_rows_change_no_scale():
    frame = hourly(100, channels=2)
    changed = frame.with_columns(c0=pl.when(pl.int_range(100) >= 70).then(1e9).otherwise(pl.col("c0")))
    scales = [fit_scaling(panel, draw_borders(panel, BordersConfig())) for panel in map(panel_of, (frame, changed))]
    assert np.array_equal(scales[0].means, scales[1].means)
    assert np.array_equal(scales[0].scales, scales[1].scales)


def test_training_rows_of_each_series_have_mean_0_and_spread_1():
    frames = [hourly(80, seed=k).with_columns(pl.col("c0") * 10.0**k, shop=pl.lit(str(k))) for k in range(3)]
    panel = panel_of(pl.concat(frames), group="shop")
    borders = draw_borders(panel, BordersConfig())
    scaled = standardise(panel, fit_scaling(panel, borders))
    for edge in borders.edges:
        part = scaled[edge[0] : edge[1]]
        assert np.allclose(part.mean(axis=0), 0.0)
        assert np.allclose(part.std(axis=0), 1.0)


def test_a_channel_that_does_not_move_is_not_divided_by_0():
    mean, scale = spread_of(np.full((10, 1), 0.1))
    assert np.allclose(mean, 0.1)
    assert scale.tolist() == [1.0]


def test_every_row_has_its_owner():
    panel = panel_of(pl.concat([hourly(5).with_columns(s=pl.lit(k)) for k in "ab"]), group="s")
    assert owners(panel).tolist() == [0] * 5 + [1] * 5
