"""Counterfactuals: they flip, they stay among the values of training, and none of their changes is idle."""

import functools

import numpy as np
import polars as pl
import pytest
import torch

from netwright.core.errors import ContractError, RecipeError
from netwright.data import PreparationConfig, conform, read_table
from netwright.explanation.counterfactual import counterfactual
from netwright.networks import MLPConfig
from netwright.training.inference import answer
from tests.explanation.models import mixed_table, model_of


@pytest.fixture(scope="module")
def three():
    return model_of(mixed_table(("a", "b", "c")))


@pytest.fixture(scope="module")
def found_of(three):
    """Return the counterfactual of a row, searched for once."""
    return functools.cache(lambda row: counterfactual(*three, row))


def changed(model, table, row, swaps):
    """Answer a source row that was written with the new cells, as a user would write it."""
    frame = table.frame[[row]].drop("y")
    for swap in swaps:
        new = pl.Series(swap.column, [swap.after])
        own = frame[swap.column].dtype
        new = new.str.to_datetime(time_unit="us") if own == pl.Datetime else new.cast(own)
        frame = frame.with_columns(new)
    return answer(model, conform(read_table(frame), model.schema, with_target=False).table)[0]


@pytest.mark.parametrize("row", range(4))
def test_it_flips_and_stays_among_the_values_of_training(three, found_of, row):
    model, table = three
    found = found_of(row)
    assert found.found
    assert 1 <= len(found.swaps) <= 4
    said = changed(model, table, row, found.swaps)
    assert model.schema.classes[int(said.argmax())] == found.wanted != found.answer
    assert said.max() == pytest.approx(found.probability, abs=1e-3)
    for swap in found.swaps:
        cells = table.frame[swap.column]
        if cells.dtype.is_numeric():
            assert cells.min() <= float(swap.after) <= cells.max()
        elif cells.dtype != pl.Datetime:
            assert swap.after in cells.cast(pl.String).unique().to_list()
        assert swap.after != swap.before
        assert f"{swap.column} from {swap.before} to {swap.after}" in found.words


def test_no_change_is_idle(three, found_of):
    model, table = three
    for row in range(4):
        found = found_of(row)
        for swap in found.swaps if len(found.swaps) > 1 else ():
            said = changed(model, table, row, [other for other in found.swaps if other != swap])
            assert model.schema.classes[int(said.argmax())] != found.wanted


def test_the_class_that_is_wanted_is_reached(three):
    model, table = three
    now = model.schema.classes[int(answer(model, table, np.array([0]))[0].argmax())]
    said = answer(model, table, np.array([0]))[0]
    last = model.schema.classes[int(said.argmin())]
    assert last != now
    found = counterfactual(model, table, 0, last)
    assert found.wanted == last
    assert model.schema.classes[int(changed(model, table, 0, found.swaps).argmax())] == last


def test_columns_that_are_kept_stay_as_they_are(three, found_of):
    model, table = three
    for row in range(3):
        free = found_of(row)
        keep = tuple(swap.column for swap in free.swaps)
        found = counterfactual(model, table, row, free.wanted, keep)
        assert not {swap.column for swap in found.swaps} & set(keep)
        assert found.kept == keep
        assert f"{keep[-1]} kept as" in found.words
        if found.found:
            said = changed(model, table, row, found.swaps)
            assert model.schema.classes[int(said.argmax())] == free.wanted
            assert found.swaps


def test_columns_to_keep_must_be_known_and_leave_some(three):
    model, table = three
    with pytest.raises(RecipeError, match="did you mean 'size'"):
        counterfactual(model, table, 0, keep=("sise",))
    every = tuple(column.name for column in model.schema.features)
    with pytest.raises(RecipeError, match="that may change, got none, with size"):
        counterfactual(model, table, 0, keep=every)


def linear():
    """y = size / its deviation, whatever else stands in the row."""
    frame = mixed_table(classes=None).select("size", "gaps", "y")
    plain = PreparationConfig(numeric="standard", smooth_clip=False)
    model, table = model_of(frame, MLPConfig(hidden_sizes=(), dropout=0.0), plain)
    with torch.no_grad():
        model.module.output.weight.zero_()
        model.module.output.weight[0, 0] = 1.0
    return model, table


def test_of_a_linear_network_the_change_is_the_least_that_reaches_the_value():
    model, table = linear()
    own = table.frame["size"]
    said = answer(model, table, np.array([0]))[0]
    slope = model.preparation.target.deviation / own.std(ddof=0)
    room = (own.max() - own[0]) / 2
    found = counterfactual(model, table, 0, float(said + slope * room))
    assert [swap.column for swap in found.swaps] == ["size"]
    assert float(found.swaps[0].after) == pytest.approx(own[0] + room, abs=0.01)
    assert found.distance == pytest.approx(room / own.std(ddof=0), abs=0.01)


def test_what_no_row_of_training_could_reach_is_not_found():
    model, table = linear()
    found = counterfactual(model, table, 0, 1e6)
    assert not found.found
    assert found.swaps == ()
    assert "no change of up to 2 columns" in found.words


def test_mistakes_are_told(three):
    model, table = three
    now = model.schema.classes[int(answer(model, table, np.array([0]))[0].argmax())]
    with pytest.raises(RecipeError, match="another class"):
        counterfactual(model, table, 0, now)
    with pytest.raises(RecipeError, match="expected a class"):
        counterfactual(model, table, 0, "z")
    with pytest.raises(ContractError, match="from 0 to 299"):
        counterfactual(model, table, 300)
    with pytest.raises(RecipeError, match="a value of 'y'"):
        counterfactual(*linear(), 0)
