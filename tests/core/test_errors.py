"""The nearest valid name, and exit codes."""

import pytest

from netwright.core.errors import (
    ContractError,
    Interrupted,
    NetwrightError,
    RecipeError,
    RunError,
    SchemaError,
    SourceError,
    nearest,
)


@pytest.mark.parametrize(
    ("name", "valid", "expected"),
    [
        ("actvation", ["activation", "dropout"], "did you mean 'activation'?"),
        ("INCOME", ["age", "Income"], "did you mean 'Income'?"),
        ("zzz", ["a", "b"], "valid: a, b"),
        ("zzz", [str(i) * 9 for i in range(20)], ", ..."),
    ],
)
def test_nearest(name, valid, expected):
    assert expected in nearest(name, valid)


def test_exit_codes():
    assert issubclass(RunError, NetwrightError)
    assert RunError.exit_code == 2
    assert [Interrupted(number).exit_code for number in (2, 15)] == [130, 143]


@pytest.mark.parametrize("kind", [SourceError, SchemaError, ContractError, RecipeError])
def test_what_is_wrong_with_a_value_is_a_value_error(kind):
    assert issubclass(kind, ValueError)
    assert not issubclass(RunError, ValueError)
