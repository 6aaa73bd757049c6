"""Each finding is made where it was planted, and none on the clean twin."""

import numpy as np
import pytest

from netwright.data import SchemaRequest, check_quality, infer_schema, read_table

RNG = np.random.default_rng(0)
N = 1000
X, Z, NOISE = RNG.normal(size=(3, N))
CLASS = np.where(X + NOISE > 0, "a", "b")
CLEAN = {"x": X, "z": Z, "y": CLASS}
CLEAN_NUMBER = {"x": X, "z": Z, "y": X + NOISE}


def found(columns):
    schema, table = infer_schema(read_table(columns), SchemaRequest(target="y"))
    return check_quality(table, schema)


def holes(share):
    return [None if i < share * N else value for i, value in enumerate(Z.tolist())]


PLANTED = {
    "data.missing": ({**CLEAN, "z": holes(0.6)}, "z"),
    "data.constant": ({"k": [1] * N, **CLEAN}, "k"),
    "data.identifier": ({"id": np.arange(N), **CLEAN}, "id"),
    "data.duplicates": ({"w": np.round(X * 3) * 2, "v": np.round(X * 3), **CLEAN}, "v"),
    "data.leak": ({"copy": np.where(CLASS == "a", 2.5, 7.5) + Z * 0.1, **CLEAN}, "copy"),
    "data.rare-classes": ({"x": X, "z": Z, "y": [*CLASS[:-4], *"cccc"]}, "y"),
    "data.imbalance": ({"x": X, "z": Z, "y": ["a"] * 980 + ["b"] * 20}, "y"),
    "data.unknown-spelling": ({"w": ["p", "unknown"] * (N // 2), **CLEAN}, "w"),
}


@pytest.mark.parametrize("code", PLANTED)
def test_what_was_planted_is_found(code):
    columns, name = PLANTED[code]
    findings = [finding for finding in found(columns) if finding.code == code]
    assert findings
    assert any(finding.column == name for finding in findings)
    assert all(finding.evidence and finding.title for finding in findings)


@pytest.mark.parametrize("columns", [CLEAN, CLEAN_NUMBER])
def test_clean_data_raises_nothing(columns):
    assert found(columns) == ()


LEAKS = {
    "the number itself": {"l": (X + NOISE) * 3 - 7, **CLEAN_NUMBER},
    "the number, bent": {"l": np.exp(X + NOISE), **CLEAN_NUMBER},
    "the class as text": {"l": np.where(CLASS == "a", "p", "q"), **CLEAN},
    "one of many classes": {
        "l": RNG.permutation(N) * 0 + np.arange(N) % 5,
        "x": X,
        "y": [f"k{i % 5}" for i in range(N)],
    },
}


@pytest.mark.parametrize("name", LEAKS)
def test_a_feature_that_gives_the_target_away_is_named(name):
    assert [finding.column for finding in found(LEAKS[name]) if finding.code == "data.leak"] == ["l"]


@pytest.mark.parametrize("name", ["@iris", "@breast-cancer", "@wine", "@digits", "@diabetes"])
def test_healthy_sets_have_no_leak(name):
    schema, table = infer_schema(read_table(name), SchemaRequest())
    assert not [finding for finding in check_quality(table, schema) if finding.severity == "warning"]


def test_repeated_rows_are_counted():
    columns = {"x": [*X, *X[:10]], "y": [*CLASS, *CLASS[:10]]}
    (finding,) = [finding for finding in found(columns) if finding.code == "data.duplicates"]
    assert "10 of 1,010 rows are copies" in finding.evidence
