"""Series are parted by time: by shares, by counts, at the same moments for all."""

import numpy as np
import polars as pl
import pytest

from netwright.core.errors import RecipeError, SchemaError
from netwright.data.series.borders import BordersConfig, draw_borders, validate_borders
from tests.data.series.series_tables import hourly, panel_of


def test_shares_part_one_series_as_the_literature_does():
    borders = draw_borders(panel_of(hourly(7588 // 4)), BordersConfig())
    rows = 7588 // 4
    assert borders.edges.tolist() == [[0, int(rows * 0.7), rows - int(rows * 0.2), rows]]
    assert sum(borders.sizes.values()) == rows


def test_counts_part_each_series_and_leave_the_rest():
    borders = draw_borders(panel_of(hourly(100)), BordersConfig(borders=(50, 20, 20)))
    assert borders.edges.tolist() == [[0, 50, 70, 90]]
    assert borders.rows_of("test").tolist() == list(range(70, 90))


def test_series_of_different_lengths_are_parted_at_the_same_moments():
    late = hourly(100, seed=1)[40:].with_columns(shop=pl.lit("late"))
    panel = panel_of(pl.concat([hourly(100).with_columns(shop=pl.lit("early")), late]), group="shop")
    borders = draw_borders(panel, BordersConfig())
    for k in (1, 2):
        moments = {int(panel.moments[edge[k]]) for edge in borders.edges}
        assert len(moments) == 1
    assert (np.diff(borders.edges, axis=1) >= 0).all()


@pytest.mark.parametrize(
    ("config", "said"),
    [
        (BordersConfig(train=0.9), "three shares above 0 that make 1"),
        (BordersConfig(train=1.0, validation=0.0, test=0.0), "three shares above 0"),
        (BordersConfig(borders=(5, 5)), "three counts of rows"),
        (BordersConfig(borders=(5, 0, 5)), "three counts of rows"),
    ],
)
def test_borders_that_cannot_be_are_refused(config, said):
    with pytest.raises(RecipeError, match=said):
        validate_borders(config)


def test_more_rows_than_there_are_cannot_be_counted_off():
    with pytest.raises(SchemaError, match="takes 110 rows, and there are 100"):
        draw_borders(panel_of(hourly(100)), BordersConfig(borders=(50, 30, 30)))
