"""How much is asked follows from sizes, and stays within what there is time for."""

import pytest
import torch
from torch import nn

from netwright.explanation.places.extent import (
    LEAST_ROWS,
    MOST_ROWS,
    MOST_SHUFFLES,
    SECONDS,
    Extent,
    extent_of,
    finest,
    seconds_of,
)


@pytest.mark.parametrize("available", [5, 40, 100_000])
@pytest.mark.parametrize("seconds", [1e-7, 1e-4, 3e-3, 1.0])
def test_rows_and_shuffles_stay_within_the_time(available, seconds):
    extent = extent_of(available, 49, seconds)
    assert extent.rows <= min(available, MOST_ROWS)
    assert extent.shuffles <= MOST_SHUFFLES
    assert extent.rows * extent.shuffles * 49 * seconds <= SECONDS
    assert extent.rows == 0 or extent.rows >= min(LEAST_ROWS, available)
    assert (extent.rows == 0) == (extent.shuffles == 0)


def test_a_network_takes_longer_the_more_it_computes_and_as_long_each_time():
    narrow, wide = (nn.Sequential(nn.Linear(50, size), nn.ReLU(), nn.Linear(size, 2)).eval() for size in (10, 1000))
    rows = (torch.zeros(8, 50),)
    assert seconds_of(wide, rows) > 20 * seconds_of(narrow, rows) > 0.0
    assert seconds_of(wide, rows) == seconds_of(wide, rows)


@pytest.mark.parametrize(("places", "choice"), [(49, 7), (48, 5), (25, 5), (24, 3), (9, 3), (8, 0)])
def test_the_finest_places_that_there_is_time_for_are_taken(places, choice):
    seconds = SECONDS / (LEAST_ROWS * (places + 0.5))  # enough for LEAST_ROWS of so many places, and of no more
    rows = LEAST_ROWS if choice else 0
    assert finest(10_000, {7: 49, 5: 25, 3: 9}, seconds)[0] == choice
    assert finest(LEAST_ROWS, {7: 49, 5: 25, 3: 9}, seconds)[1].rows == rows
    assert choice or finest(10_000, {7: 49, 5: 25, 3: 9}, seconds)[1] == Extent(0, 0)
