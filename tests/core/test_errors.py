"""The nearest valid name, and exit codes."""

import pickle

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


@pytest.mark.parametrize("name", ["two\nlines", "a\u2028b", "\x1b[31mred", "tab\there", "\ud800"])
def test_a_sentence_stays_on_one_line_whatever_it_quotes(name):
    error = RunError(f"{name} is damaged")
    assert str(error).isprintable()
    assert str(error) == f"{name!r}"[1:-1] + " is damaged"
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


def test_letters_of_any_alphabet_are_said_as_they_are():
    assert str(SourceError("größe, 身長 \N{RIGHT SINGLE QUOTATION MARK}")) == "größe, 身長 \u2019"
