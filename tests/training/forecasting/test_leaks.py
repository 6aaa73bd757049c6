"""Nothing of a forecast knows the future: what is altered after a moment changes nothing said or learnt before it."""

import numpy as np
import polars as pl
import pytest
import torch

from netwright.core.forecasts import Margins
from netwright.networks.forecasting import CORES, ForecasterConfig, ForecastSpec, build_forecaster
from netwright.training.forecasting.answering import Windows, every_answer
from netwright.training.forecasting.inference import load_forecaster
from netwright.training.run_directory import read_part
from tests.training.forecasting.small_series import ONE, job, material_of, small

ROWS = 400
TRAIN, TEST = 280, 320  # where the validation rows begin, and the test rows


def altered(frame: pl.DataFrame, after: int) -> pl.DataFrame:
    """Other values from a row on, and a hole at it: a fill from the future would reach across the border."""
    later = pl.int_range(frame.height) >= after
    return frame.with_columns(
        c0=pl.when(pl.int_range(frame.height) == after).then(None).when(later).then(1e4).otherwise(pl.col("c0")),
        c1=pl.when(later).then(-pl.col("c1") * 7.0).otherwise(pl.col("c1")),
    )


@pytest.mark.parametrize("name", CORES)
def test_later_rows_change_no_forecast(name):
    series = np.random.default_rng(0).normal(size=(80, 2))
    config = ForecasterConfig(name, "last", width=4, depth=1, heads=2, patch=4, stride=2, kernel=3)
    network = build_forecaster(config, ForecastSpec(12, 5, 4), 0).eval()
    for weight in network.parameters():
        torch.nn.init.normal_(weight, 0.0, 0.3)
    for origin in (12, 40, 75):
        changed = series.copy()
        changed[origin:] = 1e3
        said = [every_answer(network, Windows(rows, np.array([origin]), 12, 5))[0] for rows in (series, changed)]
        assert np.array_equal(*said)


def test_later_rows_change_nothing_that_is_learnt_from_training_rows():
    before, after = (material_of(frame, **{"windows.period": 24}) for frame in (small(), altered(small(), TRAIN)))
    assert before.borders.edges.tolist() == after.borders.edges.tolist() == [[0, TRAIN, TEST, ROWS]]
    assert np.array_equal(before.scaling.means, after.scaling.means)
    assert np.array_equal(before.scaling.scales, after.scaling.scales)
    assert np.array_equal(before.series[:TRAIN], after.series[:TRAIN])
    assert np.array_equal(before.origins.train, after.origins.train)
    reads = after.origins.train[:, None] + np.arange(-24, 6)
    assert reads.min() >= 0
    assert reads.max() < TRAIN


def test_the_season_is_that_of_the_training_rows():
    frames = small(), altered(small(), TRAIN)
    assert len({material_of(frame).schema.period for frame in frames}) == 1


def test_test_rows_change_neither_weights_nor_choices_nor_intervals(tmp_path):
    runs = [job(frame, tmp_path, ONE, name=name) for name, frame in (("a", small()), ("b", altered(small(), TEST)))]
    one, other = map(load_forecaster, runs)
    for (name, weight), same in zip(one.network.state_dict().items(), other.network.state_dict().values(), strict=True):
        assert torch.equal(weight, same), name
    assert read_part(runs[0], "calibration.json", Margins) == read_part(runs[1], "calibration.json", Margins)
    assert one.schema == other.schema
