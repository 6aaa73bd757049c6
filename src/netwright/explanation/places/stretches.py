"""How much all answers rest on each stretch of time, and on each channel: it is dealt out among the series anew.

A place that has no value in the series itself, or in the one that it would come from, stays as it is: no series becomes
longer or shorter, and no value goes missing.
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from netwright.core.explanations import Importance, ImportanceTable
from netwright.data import Prepared, Table
from netwright.data.series_store import lengths_of
from netwright.explanation.permutation import Dealing, Labelled, labelled_rows, losses_of, spread
from netwright.explanation.places.blocks import edges_of
from netwright.explanation.places.extent import finest, seconds_of
from netwright.training.inference import Model
from netwright.training.parts import inputs_of

STRETCHES = (16, 8, 4)  # the finest first: fewer where there is no time for all
MOST_CHANNELS = 50
STRETCHED, CHANNELLED = "permutation of stretches", "permutation of channels"


def series_importance(model: Model, table: Table, seed: int = 0) -> tuple[ImportanceTable, ...]:
    """Return by how much the error grows, stretch by stretch and channel by channel; nothing where it would take long.

    Args:
        model: a trained network that reads series, with its contract.
        table: a conforming table with its target.
        seed: of shuffles and resamples.

    Raises:
        ContractError: the table has no target, or too few rows.
    """
    every = labelled_rows(model, table, np.arange(table.frame.height))
    assert every.part.series is not None
    channels = min(MOST_CHANNELS, every.part.series.shape[1])
    others = channels if channels > 1 else 0
    choices = {stretches: stretches + others for stretches in STRETCHES}
    stretches, extent = finest(len(every.truth), choices, seconds_of(model.module, inputs_of(every.part)))
    if not extent.rows:
        return ()
    asked = every.of(spread(np.arange(len(every.truth)), extent.rows))
    steps = steps_of(int(lengths_of(every.part.series).max()), stretches)
    found = [_table(model, asked, extent.shuffles, seed, steps)]
    if others:
        found.append(_channels(model, asked, extent.shuffles, seed, channels))
    return tuple(found)


def steps_of(length: int, stretches: int) -> dict[str, tuple[int, int]]:
    """Return the first and the last step of each stretch, from 1, by its name."""
    ends = [(start + 1, stop) for start, stop in edges_of(max(1, length), stretches)]
    return {f"step {a}" if a == b else f"steps {a} to {b}": (a, b) for a, b in ends}


def _table(
    model: Model, asked: Labelled, shuffles: int, seed: int, steps: Mapping[str, tuple[int, int]]
) -> ImportanceTable:
    dealings = {name: _dealing(slice(None), slice(a - 1, b)) for name, (a, b) in steps.items()}
    unit, found = losses_of(model, asked, dealings, shuffles, seed, headline=False)
    return ImportanceTable(STRETCHED, unit, len(asked.truth), placed(found, steps))


def placed(found: tuple[Importance, ...], steps: Mapping[str, tuple[int, int]]) -> tuple[Importance, ...]:
    """Return stretches with where they lie in time."""
    return tuple(replace(one, steps=steps[one.name]) for one in found)


def _channels(model: Model, asked: Labelled, shuffles: int, seed: int, channels: int) -> ImportanceTable:
    dealings = {f"channel {k + 1}": _dealing(slice(k, k + 1), slice(None)) for k in range(channels)}
    unit, found = losses_of(model, asked, dealings, shuffles, seed, headline=False)
    return ImportanceTable(CHANNELLED, unit, len(asked.truth), found)


def _dealing(channels: slice, steps: slice) -> Dealing:
    def deal(part: Prepared, order: NDArray[np.int64]) -> Prepared:
        assert part.series is not None
        series = part.series.copy()
        own = series[:, channels, steps]
        other = part.series[order, channels, steps]
        series[:, channels, steps] = np.where(np.isnan(own) | np.isnan(other), own, other)
        return Prepared(part.numeric, part.categorical, None, None, series)

    return deal
