"""Runs that forecast series: what their records and their recipe say. The network's inside is not looked at."""

from pathlib import Path

from netwright.core.forecasts import SeriesSchema
from netwright.diagnosis.case import Objective, Rows
from netwright.diagnosis.from_run.facts import Facts
from netwright.diagnosis.from_run.objective import LOSSES
from netwright.training.forecasting.recipe import forecast_recipe_from
from netwright.training.run_directory import RunInfo, read_part
from netwright.training.settings import read_recipe


def forecast_facts(folder: Path, info: RunInfo) -> Facts:
    """Read what is known of a forecasting run. Its values are standardised, so one answer for all is off by about 1."""
    recipe = forecast_recipe_from(read_recipe(folder / "recipe.toml"), str(folder / "recipe.toml"))
    schema = read_part(folder, "schema.json", SeriesSchema)
    split = read_part(folder, "split.json", dict)
    windows = int(split.get("windows", {}).get("train", info.split.get("train", info.rows.used)))
    loss = "mse" if recipe.training.loss == "auto" else recipe.training.loss
    plain = not recipe.windows.quantiles  # quantiles have a loss of their own
    objective = Objective(
        task="values",
        head="identity",
        loss=LOSSES.get(loss, loss) if plain else "quantile",
        takes="values",
        reduction="mean",
        output_shape=(recipe.training.batch_size, schema.horizon, len(schema.channels)),
    )
    rows = Rows(seen=windows, features=len(schema.channels), kind="series")
    return Facts(recipe.training, windows, objective, rows=rows)
