"""The first half of a forecasting run: read the rows, put them in order, part them, scale them, lay the windows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from netwright.core.errors import SchemaError
from netwright.core.findings import Finding
from netwright.core.forecasts import SeriesFact, SeriesSchema
from netwright.core.values import Choice, Rejected, RowCount
from netwright.data import ReadOptions, read_table
from netwright.data.series.borders import Borders, draw_borders
from netwright.data.series.origins import Origins, crosses_gaps
from netwright.data.series.panel import Panel, PanelRequest, read_panel
from netwright.data.series.scaling import Scaling, fit_scaling, standardise
from netwright.data.series.season import find_season
from netwright.data.wording import where_and_why
from netwright.training.evaluation.conformal import place_of
from netwright.training.forecasting.lookback import TRIED, Ground, choose_lookback
from netwright.training.forecasting.recipe import ForecastRecipe, SeriesDataConfig
from netwright.training.material import Reading

LONGEST_SHARE = 4  # of a series' rows, one in so many: no longer look-back is thought of before one is chosen


@dataclass(frozen=True)
class SeriesMaterial:
    """What a network will be trained and tested on."""

    panel: Panel
    borders: Borders
    scaling: Scaling
    series: NDArray[np.float64]  # [rows, channel], standardised
    origins: Origins
    crossing: bool  # whether windows reach across gaps
    schema: SeriesSchema
    rows: RowCount
    rejected: tuple[Rejected, ...]
    choices: tuple[Choice, ...]
    findings: tuple[Finding, ...]

    @property
    def source(self) -> str:
        return self.panel.table.source


def gather_series(recipe: ForecastRecipe, source: Any = None, reading: Reading | None = None) -> SeriesMaterial:
    """Read and part the series of a recipe, and choose the look-back and the season where it leaves them open.

    Args:
        recipe: its data, split and windows sections are used.
        source: a frame or arrays in place of `recipe.data.source`.
        reading: told of the progress.

    Raises:
        NetwrightError: the data cannot be read or learnt from.
    """
    table = read_table(recipe.data.source if source is None else source, series_options(recipe.data), reading)
    panel = read_panel(table, request_of(recipe.data))
    _refuse_too_many(panel, recipe.data)
    borders = draw_borders(panel, recipe.split)
    scaling = fit_scaling(panel, borders)
    series = standardise(panel, scaling)
    horizon = recipe.data.horizon
    crossing, why = _crossing(panel, borders, recipe)
    lookback = choose_lookback(Ground(panel, borders, series, crossing), recipe)
    origins = Ground(panel, borders, series, crossing).origins(lookback.value, horizon)
    period = _period(recipe, [series[edge[0] : edge[1]] for edge in borders.edges])
    rows, rejected = _accounts(panel, borders)
    few = few_windows(len(origins.validation), recipe.evaluation.coverage)
    findings = (*panel.findings, *_still(panel, borders), *few)
    _stop_if_strict(recipe, findings)
    schema = SeriesSchema(
        channels=panel.channels,
        time=panel.axis,
        group=recipe.data.group,
        series=_facts(panel, borders, scaling),
        horizon=horizon,
        lookback=lookback.value,
        period=period.value,
    )
    gaps = [Choice("data.gaps", "keep" if crossing else "split", why)] if len(panel.gaps.at) else []
    read = [choice for choice in table.choices if choice.name != "data.target"]
    choices = (*read, *panel.choices, *gaps, Choice("split.strategy", "time", borders.reason), lookback, period)
    return SeriesMaterial(panel, borders, scaling, series, origins, crossing, schema, rows, rejected, choices, findings)


def series_options(data: SeriesDataConfig) -> ReadOptions:
    return ReadOptions(
        missing=data.missing,
        max_rejected=data.max_rejected,
        delimiter=data.delimiter,
        encoding=data.encoding,
        header=data.header,
    )


def request_of(data: SeriesDataConfig) -> PanelRequest:
    return PanelRequest(data.target, data.time, data.group, data.ignore)


def _crossing(panel: Panel, borders: Borders, recipe: ForecastRecipe) -> tuple[bool, str]:
    if recipe.data.gaps != "auto":
        return recipe.data.gaps == "keep", "asked for"
    longest = max(1, int(np.diff(panel.starts).max()) // LONGEST_SHARE)
    lookback = recipe.windows.lookback or min(TRIED[-1], longest)  # none is chosen yet
    return crosses_gaps(panel, borders, (lookback, recipe.data.horizon))


def _period(recipe: ForecastRecipe, parts: list[NDArray[np.float64]]) -> Choice:
    if recipe.windows.period is not None:
        return Choice("windows.period", recipe.windows.period, "asked for")
    season = find_season(parts)
    return Choice("windows.period", season.period, season.reason)


def _refuse_too_many(panel: Panel, data: SeriesDataConfig) -> None:
    count = panel.table.count
    if count.used and count.rejected <= data.max_rejected * count.total:
        return
    hint = (
        "" if data.group else "; if the file holds several series, name the column that tells them apart with --group"
    )
    raise SchemaError(
        f"{panel.table.source}: {count.rejected:,} of {count.total:,} rows ({count.rejected / count.total:.0%}) would "
        f"be set aside, more than {data.max_rejected:.0%}; the last is {where_and_why(panel.table.rejected[-1])}{hint}"
    )


def _accounts(panel: Panel, borders: Borders) -> tuple[RowCount, tuple[Rejected, ...]]:
    """Count every row; those beyond the last border are set aside."""
    used = sum(borders.sizes.values())
    spans = zip(borders.edges[:, 3], panel.starts[1:], strict=True)
    beyond = [int(panel.row[place]) for start, stop in spans for place in range(start, stop)]
    why = "it comes after the last of split.borders"
    rejected = (*panel.table.rejected, *(Rejected(row, "", "", why) for row in beyond))
    return RowCount(panel.table.total, used, panel.table.total - used), rejected


def few_windows(windows: int, coverage: float) -> tuple[Finding, ...]:
    """Say so where validation windows are too few for intervals of a coverage."""
    if place_of(windows, coverage) <= windows:
        return ()
    evidence = (
        f"{windows:,} validation windows are too few for intervals that hold {coverage:.0%} of truths: there are none"
    )
    remedy = "bring more rows, or ask for a lower coverage"
    return (Finding("series.few-windows", "warning", "No intervals", evidence, remedy),)


def _still(panel: Panel, borders: Borders) -> list[Finding]:
    train = panel.values[borders.rows_of("train")]
    still = [name for name, cells in zip(panel.channels, train.T, strict=True) if len(cells) and np.ptp(cells) == 0.0]
    return [
        Finding(
            "series.constant",
            "warning",
            "A channel that does not move",
            f"{name!r} has one value in all training rows",
            "leave it out with --ignore if it says nothing",
            name,
        )
        for name in still
    ]


def _stop_if_strict(recipe: ForecastRecipe, findings: Sequence[Finding]) -> None:
    grave = [finding for finding in findings if finding.serious]
    if recipe.data.strict and grave:
        raise SchemaError(f"--strict: {grave[0].title} ({grave[0].evidence}); {grave[0].remedy or 'mend the data'}")


def _facts(panel: Panel, borders: Borders, scaling: Scaling) -> tuple[SeriesFact, ...]:
    sizes = np.diff(borders.edges, axis=1)
    return tuple(
        SeriesFact(
            name=name,
            rows=int(panel.starts[k + 1] - panel.starts[k]),
            train=int(sizes[k, 0]),
            validation=int(sizes[k, 1]),
            test=int(sizes[k, 2]),
            means=tuple(map(float, scaling.means[k])),
            scales=tuple(map(float, scaling.scales[k])),
        )
        for k, name in enumerate(panel.series)
    )


def resolved(recipe: ForecastRecipe, material: SeriesMaterial, source: str) -> ForecastRecipe:
    """Return the recipe with what was found out, so that it means the same when it is run again."""
    schema = material.schema
    data = replace(
        recipe.data,
        source=source,
        target=schema.channels,
        time=schema.time.column if schema.time else None,
        gaps="keep" if material.crossing else "split",
    )
    windows = replace(recipe.windows, lookback=schema.lookback, period=schema.period)
    return replace(recipe, data=data, windows=windows)
