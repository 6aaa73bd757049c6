"""A small forecasting job, for tests of what comes of one."""

from pathlib import Path

import polars as pl

from netwright.api import settings_tree
from netwright.training.forecasting.job import resume_forecast_job, run_forecast_job
from netwright.training.forecasting.material import SeriesMaterial, gather_series
from netwright.training.forecasting.recipe import forecast_recipe_from
from netwright.training.forecasting.stage import ForecastListener
from netwright.training.stage import Request
from tests.data.series.series_tables import hourly

QUICK = {"windows.lookback": 24, "training.threads": 1, "training.epochs": 2, "training.device": "cpu"}
ONE = QUICK | {"preset.contenders": []}
SLOW = ONE | {"preset.recipe": "gru", "network.width": 4, "network.dropout": 0.3, "training.record_every": 1}
SLOW = SLOW | {"training.batch_size": 32, "windows.lookback": 12}
OFTEN = SLOW | {"training.epochs": 3, "training.checkpoint_every": 0.0}  # a checkpoint after every step


def tree_of(horizon: int = 6, **settings):
    return settings_tree({"data": {"horizon": horizon}}, QUICK | settings)


def material_of(frame: pl.DataFrame, horizon: int = 6, **settings) -> SeriesMaterial:
    return gather_series(forecast_recipe_from(tree_of(horizon, **settings), "test"), frame)


def job(frame: pl.DataFrame | Path, runs: Path, settings: dict, listener=None, name="run") -> Path:
    tree = settings_tree({"data": {"horizon": 6}}, settings)
    if isinstance(frame, Path):
        tree["data"]["source"] = str(frame)
    source = None if isinstance(frame, Path) else frame
    return run_forecast_job(Request(tree, source, runs, name), listener or ForecastListener())


def resumed(folder: Path, listener=None) -> Path:
    return resume_forecast_job(folder, Request({}), listener or ForecastListener())


def small(rows: int = 400, **shape) -> pl.DataFrame:
    return hourly(rows, **({"channels": 2} | shape))
