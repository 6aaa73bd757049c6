"""Columns as they come."""

from datetime import datetime

import numpy as np
import polars as pl

from netwright.data import SchemaRequest, infer_schema, read_table
from netwright.explanation.comparison.raw import HASHED, fit_raw, read_raw


def columns_of(frame):
    schema, table = infer_schema(read_table(frame), SchemaRequest(target="y"))
    return table.frame, schema.features


def test_numbers_stay_categories_are_ranked_and_gaps_get_the_median():
    frame = pl.DataFrame(
        {
            "x": [1000.0, None, 3000.0, 2000.0] * 10,
            "c": ["b", "a", "c", "a"] * 10,
            "when": [datetime(1970, 1, 2), datetime(1970, 1, 1)] * 20,
            "y": ["n", "p"] * 20,
        }
    )
    read, columns = columns_of(frame)
    rows = read_raw(read, fit_raw(read, columns))
    by_name = {column.name: rows[:, k] for k, column in enumerate(columns)}
    assert by_name["x"][:4].tolist() == [1000.0, 2000.0, 3000.0, 2000.0]
    assert by_name["c"][:4].tolist() == [1.0, 0.0, 2.0, 0.0]
    assert by_name["when"][:2].tolist() == [86400.0, 0.0]


def test_a_category_that_training_did_not_have_is_below_all_others():
    read, columns = columns_of(pl.DataFrame({"c": ["a", "b"] * 20, "y": ["n", "p"] * 20}))
    learnt = fit_raw(read, columns)
    assert read_raw(pl.DataFrame({"c": ["z", None, "a"]}), learnt)[:, 0].tolist() == [-1.0, -1.0, 0.0]


def test_words_are_counted():
    texts = [f"a good film number {k} with many words in it" for k in range(40)]
    read, columns = columns_of(pl.DataFrame({"t": texts, "y": ["n", "p"] * 20}))
    rows = read_raw(read, fit_raw(read, columns))
    assert rows.shape == (40, HASHED)
    assert np.all(rows.sum(axis=1) >= 8)
