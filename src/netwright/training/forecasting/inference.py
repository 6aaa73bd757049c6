"""From a stored run and the latest rows to the steps that come, with intervals; and testing a run on other rows."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from torch import nn

from netwright.core.errors import ContractError, RunError
from netwright.core.findings import Finding
from netwright.core.forecasts import COVERAGES, ForecastEvaluation, Margins, SeriesSchema
from netwright.core.values import Contest
from netwright.data import read_table
from netwright.data.series.origins import every_origin
from netwright.data.series.panel import Panel, PanelRequest, read_panel
from netwright.data.series.scaling import Scaling, owners, spread_of, standardise
from netwright.data.series.stepping import moments_after
from netwright.training.forecasting.answering import Windows, every_answer
from netwright.training.forecasting.baselines import naive_baselines
from netwright.training.forecasting.evaluating import evaluate_forecasts
from netwright.training.forecasting.examples import Units
from netwright.training.forecasting.intervals import ends_of, reach_of
from netwright.training.forecasting.kept import MeanForecaster, build
from netwright.training.forecasting.material import few_windows, series_options
from netwright.training.forecasting.recipe import ForecastRecipe, check_coverage, forecast_recipe_from
from netwright.training.forecasting.stage import spec_of
from netwright.training.run_directory import CONTEST, check_run, read_part
from netwright.training.settings import read_recipe
from netwright.training.weights import header_of, load_weights, refuse_others

Array = NDArray[np.float64]


@dataclass(frozen=True)
class ForecastModel:
    """Trained networks with the contract that new rows must keep."""

    network: nn.Module
    schema: SeriesSchema
    recipe: ForecastRecipe
    margins: Margins

    @property
    def scaling(self) -> dict[str, tuple[Array, Array]]:
        """Mean and scale of each series of training, by its name."""
        return {fact.name: (np.array(fact.means), np.array(fact.scales)) for fact in self.schema.series}


@dataclass(frozen=True)
class Latest:
    """The last rows of each series, which are read to forecast what follows."""

    names: tuple[str, ...]  # of the series
    history: Array  # [series, lookback, channel], standardised
    means: Array  # [series, channel], in the channel's own unit
    scales: Array


@dataclass(frozen=True)
class Forecasts:
    """The steps that come after the last row of each series."""

    frame: pl.DataFrame  # series and time where there are, step, and each channel with its low and high
    notes: tuple[Finding, ...]
    rows: int
    rejected: int


def load_forecaster(folder: Path) -> ForecastModel:
    """Rebuild the networks of a finished run. Nothing is unpickled: weights are safetensors, the rest JSON and TOML.

    Raises:
        RunError: the run is unfinished, damaged or incomplete.
    """
    check_run(folder)
    recipe = forecast_recipe_from(read_recipe(folder / "recipe.toml"), str(folder / "recipe.toml"))
    schema, margins = read_series_schema(folder), read_part(folder, "calibration.json", Margins)
    shape = {len(COVERAGES)}, {schema.horizon}, {len(schema.channels)}
    steps = {len(steps) for steps in margins.reach}, {len(step) for steps in margins.reach for step in steps}
    if ({len(margins.reach)}, *steps) != shape:
        raise RunError(
            f"{folder} is damaged: calibration.json: expected a number for each step; restore it or fit again"
        )
    names = read_part(folder, CONTEST, Contest).chosen
    return ForecastModel(_trained(folder, recipe, schema, names), schema, recipe, margins)


def read_series_schema(folder: Path) -> SeriesSchema:
    """Read schema.json, and refuse one that no run writes; errors as of `read_part`."""
    schema = read_part(folder, "schema.json", SeriesSchema)
    if fault := schema.fault:
        raise RunError(f"{folder} is damaged: schema.json: {fault}; restore it or fit again")
    return schema


def _trained(folder: Path, recipe: ForecastRecipe, schema: SeriesSchema, names: tuple[str, ...]) -> nn.Module:
    unknown = [name for name in names if name not in recipe.kinds]
    if unknown or not names:
        raise RunError(f"{folder} is damaged: {CONTEST}: expected networks of {', '.join(recipe.kinds)}, got {names}")
    network = MeanForecaster({name: build(recipe, name, spec_of(recipe, schema)) for name in names})
    path = folder / "weights.safetensors"
    refuse_others(path, header_of(path), {name: tuple(value.shape) for name, value in network.state_dict().items()})
    network.load_state_dict(load_weights(path))
    return network.eval()


def read_more(model: ForecastModel, source: Any) -> tuple[Panel, tuple[Finding, ...]]:
    """Read other rows of the run's series.

    Raises:
        NetwrightError: a column is missing or of another kind.
    """
    schema = model.schema
    table = read_table(source, replace(series_options(model.recipe.data), columns=schema.channels))
    axis = schema.time
    request = PanelRequest(
        target=schema.channels,
        time=axis.column if axis else None,
        group=schema.group,
        date_format=axis.format if axis else None,
        untimed=axis is None,
    )
    panel = read_panel(table, request)
    panel = panel if axis is None or panel.axis is None else replace(panel, axis=axis)
    return panel, (*panel.findings, *_unknown(panel, model))


def _unknown(panel: Panel, model: ForecastModel) -> list[Finding]:
    new = [name for name in panel.series if name not in model.scaling]
    if not new:
        return []
    shown = ", ".join(map(repr, new[:5])) + (", ..." if len(new) > 5 else "")
    evidence = f"{len(new):,} series that training did not see ({shown}): mean and scale are those of the rows given"
    return [Finding("series.unknown", "warning", "Unknown series", evidence)]


def _scaling_of(panel: Panel, model: ForecastModel) -> Scaling:
    """Return each series' scale: that of training, or for one it did not see that of the first rows that are read."""
    known, pairs = model.scaling, []
    for name, start, stop in zip(panel.series, panel.starts, panel.starts[1:], strict=False):
        first = panel.values[start : min(stop, start + model.schema.lookback)]
        pairs.append(known[name] if name in known else spread_of(first))
    return Scaling(np.stack([mean for mean, _ in pairs]), np.stack([scale for _, scale in pairs]))


def forecast_rows(model: ForecastModel, source: Any, coverage: float | None = None) -> Forecasts:
    """Forecast the steps after the last row of each series.

    Args:
        model: of a finished run.
        source: the latest rows, at least as many as the look-back, in every series.
        coverage: of the intervals, one of COVERAGES; None: the run's own.

    Raises:
        NetwrightError: the rows do not fit the run, or are too few.
    """
    share = check_coverage("--coverage", model.margins.coverage if coverage is None else coverage)
    panel, notes = read_more(model, source)
    scaling = _long_enough(panel, model)
    windows = _windows(model, standardise(panel, scaling), panel.starts[1:])
    said = every_answer(model.network, _padded(windows))[0]
    low, high = ends_of(said, reach_of(model.margins, share))
    middle = said[:, said.shape[1] // 2]
    parts = [_own(part, scaling) for part in (middle, low, high)]
    frames = [_frame(panel, k, (parts[0][k], parts[1][k], parts[2][k]), model) for k in range(len(panel.series))]
    notes = (*notes, *few_windows(model.margins.windows, share))
    return Forecasts(pl.concat(frames), notes, panel.table.total, panel.table.total - panel.rows)


def latest_windows(model: ForecastModel, source: Any) -> Latest:
    """Return what is read of rows to forecast the steps after the last row of each series.

    Raises:
        NetwrightError: the rows do not fit the run, or are too few.
    """
    panel, _ = read_more(model, source)
    scaling = _long_enough(panel, model)
    values, back = standardise(panel, scaling), model.schema.lookback
    history = np.stack([values[stop - back : stop] for stop in panel.starts[1:]])
    return Latest(tuple(panel.series), history, scaling.means, scaling.scales)


def _long_enough(panel: Panel, model: ForecastModel) -> Scaling:
    """Return the scale of each series, all of which hold a look-back; errors as of `forecast_rows`."""
    if not panel.rows or np.diff(panel.starts).min() < model.schema.lookback:
        _refuse_short(panel, model)
    return _scaling_of(panel, model)


def _refuse_short(panel: Panel, model: ForecastModel) -> None:
    lengths = np.diff(panel.starts)
    name = "" if model.schema.group is None or not panel.rows else f" of the series {panel.series[lengths.argmin()]!r}"
    raise ContractError(
        f"{panel.table.source}: expected at least {model.schema.lookback:,} rows{name}, which is what the run reads "
        f"before it forecasts, got {int(lengths.min()) if len(lengths) else 0:,}; give it more of the latest rows"
    )


def _windows(model: ForecastModel, series: Array, origins: NDArray[np.int64]) -> Windows:
    schema = model.schema
    outputs = spec_of(model.recipe, schema).outputs
    return Windows(series, origins, schema.lookback, schema.horizon, outputs)


def _padded(windows: Windows) -> Windows:
    """Add rows after the end, so that there is something to stand for a truth that nobody knows yet."""
    ahead = np.zeros((windows.horizon, windows.channels))
    return replace(windows, series=np.concatenate([windows.series, ahead]))


def _own(part: Array, scaling: Scaling) -> Array:
    """Return forecasts [series, step, channel] in each channel's own unit."""
    return part * scaling.scales[:, None, :] + scaling.means[:, None, :]


def _frame(panel: Panel, k: int, parts: tuple[Array, Array, Array], model: ForecastModel) -> pl.DataFrame:
    schema, stop = model.schema, int(panel.starts[k + 1])
    columns: dict[str, Any] = {}
    if schema.group is not None:
        columns[schema.group] = [panel.series[k]] * schema.horizon
    if schema.time is not None:
        moments = moments_after(int(panel.moments[stop - 1]), schema.time, schema.horizon)
        dates = schema.time.unit != "number"
        columns[schema.time.column] = pl.Series(moments).cast(pl.Datetime("us")) if dates else moments
    columns["step"] = np.arange(1, schema.horizon + 1)
    for c, name in enumerate(schema.channels):
        columns[name] = parts[0][:, c]
        columns[f"{name}_low"] = pl.Series(parts[1][:, c]).replace([-np.inf], None)
        columns[f"{name}_high"] = pl.Series(parts[2][:, c]).replace([np.inf], None)
    return pl.DataFrame(columns)


def windows_of(model: ForecastModel, source: Any) -> tuple[Panel, tuple[Finding, ...], Windows]:
    """Read other rows of the run's series, standardised; where their windows begin is not said yet.

    Raises:
        NetwrightError: the rows do not fit the run.
    """
    panel, notes = read_more(model, source)
    series = standardise(panel, _scaling_of(panel, model))
    return panel, notes, _windows(model, series, np.zeros(0, np.int64))


def assess_forecasts(model: ForecastModel, source: Any) -> tuple[ForecastEvaluation, int, int]:
    """Measure a run on other rows: every window of them. Return the evaluation, rows in and rows set aside.

    Raises:
        NetwrightError: the rows do not fit the run, or are too few for one window.
    """
    panel, notes, windows = windows_of(model, source)
    schema = model.schema
    crossing = model.recipe.data.gaps == "keep"
    origins = every_origin(panel, (schema.lookback, schema.horizon), crossing)
    if not len(origins):
        longest = int(max(np.diff(panel.starts), default=0))
        raise ContractError(
            f"{panel.table.source}: expected at least {schema.lookback + schema.horizon:,} rows in a series (a "
            f"look-back of {schema.lookback:,} and a horizon of {schema.horizon:,}), got {longest:,}; bring more rows"
        )
    scaling, windows = _scaling_of(panel, model), windows.of(origins)
    units = Units(scaling.means, scaling.scales, owners(panel))
    baselines = naive_baselines(replace(spec_of(model.recipe, schema), quantiles=()))
    found = evaluate_forecasts(model.network, windows, (panel, units), model.margins, baselines)
    return replace(found, notes=notes), panel.table.total, panel.table.total - panel.rows
