"""Permutation importance: nothing for what is not heard, most for what decides, and as shuffled tables would give."""

import numpy as np
import polars as pl
import pytest

from netwright.core.errors import ContractError
from netwright.data import conform, read_table
from netwright.explanation.permutation import permutation_importance
from netwright.training.inference import answer
from tests.explanation.models import deaf_to, mixed_table, model_of


@pytest.fixture(scope="module")
def truthful():
    """A network that does not hear `few`, and a table whose target is what it says."""
    model, table = model_of(mixed_table())
    model = deaf_to(model, "few")
    said = np.where(answer(model, table)[:, 1] > 0.5, "yes", "no")
    frame = mixed_table().with_columns(pl.Series("y", said))
    return model, conform(read_table(frame), model.schema, with_target=True).table


def test_a_column_that_is_not_heard_is_worth_nothing_and_others_something(truthful):
    model, table = truthful
    found = permutation_importance(model, table)
    columns = {one.name: one for one in found.columns}
    assert columns["few"].low <= 0.0 <= columns["few"].high
    assert abs(columns["few"].amount) < 1e-9
    assert found.columns[0].low > 0.0
    assert [one.amount for one in found.columns] == sorted((one.amount for one in found.columns), reverse=True)
    assert found.unit == "loss of accuracy"
    assert found.rows == 300
    assert all(one.low <= one.amount <= one.high for one in found.columns)


def test_the_amount_is_that_of_a_table_whose_cells_were_dealt_anew(truthful):
    model, table = truthful
    name = permutation_importance(model, table).columns[0].name
    amount = permutation_importance(model, table, shuffles=30).columns[0].amount
    truth, losses = table.frame["y"].to_numpy() == "yes", []
    for seed in range(30):
        order = np.random.default_rng(seed).permutation(table.frame.height)
        dealt = type(table)(**{**vars(table), "frame": table.frame.with_columns(table.frame[name].gather(order))})
        losses.append(1.0 - np.mean((answer(model, dealt)[:, 1] > 0.5) == truth))
    assert amount == pytest.approx(np.mean(losses), abs=0.02)


def test_of_values_the_error_grows():
    model, table = model_of(mixed_table(classes=None))
    said = pl.Series("y", answer(model, table))
    own = type(table)(**{**vars(table), "frame": table.frame.with_columns(said)})
    found = permutation_importance(model, own, np.arange(0, 300, 2))
    assert found.unit == "growth of rmse"
    assert found.rows == 150
    assert all(one.amount > 0.0 for one in found.columns)


def test_rows_without_a_target_are_refused(truthful):
    model, table = truthful
    bare = type(table)(**{**vars(table), "frame": table.frame.drop("y")})
    with pytest.raises(ContractError, match="'y'"):
        permutation_importance(model, bare)
    with pytest.raises(ContractError, match="at least 2"):
        permutation_importance(model, table, np.array([3]))
