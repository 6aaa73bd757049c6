"""Windows against the obvious: every stretch of rows, kept if it breaks no rule."""

import numpy as np
import polars as pl
import pytest

from netwright.data.series.borders import PARTS, BordersConfig, draw_borders
from netwright.data.series.origins import beginnings, crosses_gaps, every_origin, find_origins
from tests.data.series.series_tables import hourly, panel_of


def slowly(panel, borders, lookback, horizon, crossing):
    """Try every place as an origin."""
    series = np.repeat(np.arange(len(panel.series)), np.diff(panel.starts))
    segment = np.zeros(panel.rows, dtype=int)
    segment[panel.gaps.at] = 0 if crossing else 1
    segment = np.cumsum(segment)
    found = {part: [] for part in PARTS}
    for origin in range(lookback, panel.rows - horizon + 1):
        rows, ahead = np.arange(origin - lookback, origin + horizon), np.arange(origin, origin + horizon)
        if len(set(series[rows])) > 1 or len(set(segment[rows])) > 1:
            continue
        for part in PARTS:
            if set(ahead) <= set(borders.rows_of(part).tolist()):
                found[part].append(origin)
    return found


def gappy():
    frames = [hourly(90, seed=1).with_columns(shop=pl.lit("a")), hourly(140, seed=2).with_columns(shop=pl.lit("b"))]
    return pl.concat([frames[0][:30], frames[0][35:], frames[1][:100], frames[1][101:]])


@pytest.mark.parametrize("crossing", [False, True])
@pytest.mark.parametrize(("lookback", "horizon"), [(7, 3), (1, 1), (12, 8), (20, 1)])
@pytest.mark.parametrize("config", [BordersConfig(), BordersConfig(borders=(40, 15, 20))])
def test_origins_are_those_of_the_obvious_search(lookback, horizon, crossing, config):
    panel = panel_of(gappy(), group="shop")
    borders = draw_borders(panel, config)
    expected = slowly(panel, borders, lookback, horizon, crossing)
    found = find_origins(panel, borders, (lookback, horizon), crossing)
    assert {part: getattr(found, part).tolist() for part in PARTS} == expected


def test_no_training_window_touches_a_later_row():
    panel = panel_of(hourly(300))
    borders = draw_borders(panel, BordersConfig())
    found = find_origins(panel, borders, (24, 12), crossing=False)
    edges = borders.edges[0]
    assert found.train.max() + 12 <= edges[1]
    assert found.validation.min() == edges[1]  # what is read may lie in the training rows
    assert found.validation.max() + 12 <= edges[2]
    assert found.test.min() == edges[2]


def test_rows_that_are_not_parted_have_every_window():
    panel = panel_of(hourly(50))
    assert every_origin(panel, (10, 5), crossing=False).tolist() == list(range(10, 46))


def test_gaps_are_crossed_only_where_too_few_windows_would_be_left():
    panel = panel_of(gappy(), group="shop")
    borders = draw_borders(panel, BordersConfig())
    assert not crosses_gaps(panel, borders, (2, 1))[0]
    assert crosses_gaps(panel, borders, (25, 10))[0]
    assert crosses_gaps(panel_of(hourly(50)), borders, (2, 1)) == (False, "there are no gaps")


def test_a_window_may_read_from_the_beginning_of_its_stretch():
    panel = panel_of(gappy(), group="shop")
    assert set(beginnings(panel, crossing=True)) == {0, 85}
    assert set(beginnings(panel, crossing=False)) == {0, 30, 85, 185}
