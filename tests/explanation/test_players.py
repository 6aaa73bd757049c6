"""Which prepared numbers a raw column wrote: the ones that change with it, each belonging to one column."""

from datetime import datetime, timedelta

import numpy as np
import polars as pl
import pytest

from netwright.data import PreparationConfig, SchemaRequest, fit_preparation, infer_schema, prepare, read_table
from netwright.explanation.players import players_of

RNG = np.random.default_rng(3)
ROWS = 300


def columns():
    half = [None if at % 7 == 0 else float(value) for at, value in enumerate(RNG.normal(size=ROWS))]
    return {
        "size": RNG.normal(size=ROWS),
        "gaps": half,
        "few": RNG.choice(["a", "b", "c"], ROWS),
        "many": RNG.choice([f"town {at}" for at in range(14)], ROWS),
        "flag": RNG.choice(["yes", "no"], ROWS),
        "when": [datetime(2020, 1, 1) + timedelta(days=int(at)) for at in RNG.permutation(ROWS)],
        "said": [" ".join(RNG.choice(["good", "bad", "very", "film", "day", "it", "was"], 9)) for _ in range(ROWS)],
        "y": RNG.normal(size=ROWS),
    }


@pytest.fixture(scope="module")
def mixed():
    frame = pl.DataFrame(columns())
    schema, table = infer_schema(read_table(frame), SchemaRequest(target="y"))
    preparation = fit_preparation(table, schema, np.arange(ROWS), PreparationConfig())
    return schema, table, preparation


def test_each_prepared_column_belongs_to_one_player_and_each_feature_is_one(mixed):
    schema, table, preparation = mixed
    players, arrays = players_of(preparation), prepare(table, schema, preparation)
    assert sorted(player.name for player in players) == sorted(column.name for column in schema.features)
    numeric = [at for player in players for at in player.numeric]
    categorical = [at for player in players for at in player.categorical]
    assert sorted(numeric) == list(range(arrays.numeric.shape[1]))
    assert sorted(categorical) == list(range(arrays.categorical.shape[1]))


def test_a_changed_column_changes_what_its_player_wrote_and_nothing_else(mixed):
    schema, table, preparation = mixed
    plain = prepare(table, schema, preparation)
    for player in players_of(preparation):
        cells = table.frame[player.name]
        changed = type(table)(**{**vars(table), "frame": table.frame.with_columns(cells.reverse())})
        other = prepare(changed, schema, preparation)
        numbers = np.flatnonzero((plain.numeric != other.numeric).any(axis=0)).tolist()
        positions = np.flatnonzero((plain.categorical != other.categorical).any(axis=0)).tolist()
        assert set(numbers) <= set(player.numeric), player.name
        assert set(positions) <= set(player.categorical), player.name
        assert numbers or positions, player.name
