"""Partial dependence: a line where the network is linear, and what a changed table would be answered."""

import numpy as np
import polars as pl
import pytest
import torch

from netwright.core.errors import RecipeError
from netwright.data import PreparationConfig
from netwright.explanation.dependence import partial_dependence
from netwright.networks import MLPConfig
from netwright.training.inference import answer
from tests.explanation.models import ROWS, deaf_to, mixed_table, model_of


@pytest.fixture(scope="module")
def mixed():
    return model_of(mixed_table())


def test_of_a_linear_network_it_is_a_line_with_its_slope():
    frame = mixed_table(classes=None).select("size", "few", "y")
    plain = PreparationConfig(numeric="standard", smooth_clip=False)
    model, table = model_of(frame, MLPConfig(hidden_sizes=(), dropout=0.0), plain)
    with torch.no_grad():
        model.module.output.weight[0, 0] = 0.7
    found = partial_dependence(model, table, "size")
    slope = 0.7 * model.preparation.target.deviation / frame["size"].std(ddof=0)
    grown = np.diff(found.mean) / np.diff(found.numbers)
    np.testing.assert_allclose(grown, slope, rtol=1e-3)
    for row in found.rows:
        np.testing.assert_allclose(np.diff(row) / np.diff(found.numbers), slope, rtol=1e-3)
    assert found.unit == "y"


@pytest.mark.parametrize("column", ["size", "count", "few", "many", "flag", "when"])
def test_each_point_is_the_mean_answer_of_a_table_with_this_value(mixed, column):
    model, table = mixed
    found = partial_dependence(model, table, column)
    assert len(found.grid) == len(found.numbers) == len(found.mean) > 1
    assert all(low <= mean <= high for low, mean, high in zip(found.low, found.mean, found.high, strict=True))
    assert 1 <= len(found.rows) <= 40
    assert found.unit == "log-odds of yes"
    for at in (0, len(found.grid) - 1):
        own = table.frame[column]
        if own.dtype == pl.Datetime:
            cell = pl.Series([round(found.numbers[at] * 1e6)]).cast(own.dtype)[0]
        else:
            cell = found.grid[at] if own.dtype in (pl.String, pl.Categorical) else pl.Series([found.numbers[at]])[0]
        fixed = pl.Series(column, [cell] * ROWS).cast(own.dtype)
        other = type(table)(**{**vars(table), "frame": table.frame.with_columns(fixed)})
        chance = answer(model, other)[:, 1]
        assert found.mean[at] == pytest.approx(np.mean(np.log(chance / (1 - chance))), abs=1e-3)


def test_a_column_that_is_not_heard_gives_a_flat_line():
    model, table = model_of(mixed_table(("a", "b", "c")))
    found = partial_dependence(deaf_to(model, "size"), table, "size")
    np.testing.assert_allclose(found.mean, found.mean[0], atol=1e-5)
    other = partial_dependence(model, table, "count", answer="c")
    assert other.unit == "log-odds of c"
    assert np.ptp(other.mean) > 0.01


def test_values_stay_within_those_of_training(mixed):
    model, table = mixed
    assert set(partial_dependence(model, table, "few").grid) == {"a", "b", "c"}
    numbers = partial_dependence(model, table, "count").numbers
    assert min(numbers) >= table.frame["count"].min()
    assert max(numbers) <= table.frame["count"].max()
    assert all(number == round(number) for number in numbers)


def test_what_is_no_feature_is_refused(mixed):
    model, table = mixed
    with pytest.raises(RecipeError, match="did you mean 'size'"):
        partial_dependence(model, table, "sizes")
    with pytest.raises(RecipeError, match="expected a class"):
        partial_dependence(model, table, "size", answer="perhaps")
