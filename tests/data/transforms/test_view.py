"""A part of prepared columns is what another preparation makes of the same rows."""

import numpy as np
import polars as pl
import pytest

from netwright.data import PreparationConfig, SchemaRequest, fit_preparation, infer_schema, prepare, read_table, view_of

COLUMNS = {
    "x": [1.0, 2.5, None, 4.0, 8.0, 16.5] * 20,
    "colour": ["red", "green", None, "blue", "red", "red"] * 20,
    "yes": [True, False, True, None, False, True] * 20,
    "day": pl.date_range(pl.date(2020, 1, 1), pl.date(2020, 4, 29), eager=True),
    "z": list(np.linspace(-1, 3, 120) ** 3),
    "y": [0.0, 1.5, 2.0, 3.0, 4.0, 5.0] * 20,
}


def prepared(numeric):
    schema, table = infer_schema(read_table(COLUMNS), SchemaRequest(target="y"))
    preparation = fit_preparation(table, schema, np.arange(120), PreparationConfig(numeric=numeric))
    return preparation, prepare(table, schema, preparation).numeric


@pytest.mark.parametrize("numeric", ["both", "robust", "quantile"])
def test_a_view_of_both_holds_the_columns_of_the_other_preparation(numeric):
    both, arrays = prepared("both")
    other, expected = prepared(numeric)
    columns, spec = view_of(both, numeric)
    names, theirs = np.array(both.numeric_names)[columns], list(other.numeric_names)
    assert sorted(names) == sorted(theirs)
    order = [theirs.index(name) for name in names]  # of a missing cell's indicator beside the number it belongs to
    assert np.array_equal(arrays[:, columns], expected[:, order])
    assert spec.numeric == other.spec.numeric
    assert {names[at] for at in spec.continuous} == {theirs[at] for at in other.spec.continuous}
    assert (spec.cardinalities, spec.outputs) == (other.spec.cardinalities, other.spec.outputs)
