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
    "data.labels": ({"x": X, "z": Z, "y": [*["yes", "no"] * 490, *["YES", "no."] * 10]}, "y"),
    "data.number-like": ({"w": [f"${1000 + i:,}.5" for i in range(N)], **CLEAN}, "w"),
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


def test_labels_that_differ_in_little_are_named_with_their_counts():
    labels = ["yes", "no", "+", "-", "<5", ">5"] * 100 + ["YES", " 'No'"] * 50
    (finding,) = [finding for finding in found({"x": X[:700], "y": labels}) if finding.code == "data.labels"]
    assert "'yes' (100) and 'YES' (50); " in finding.evidence
    assert "<5" not in finding.evidence


NUMBER_LIKE = [
    "${},234.56",
    "{}.4%",
    "{}.30 €",
    "({}.20)",
    "\u2212{}.5",
    "{} kg",
    "€{}",
    "-${}.00",
    "US$ {}",
    "{}.5e3 km",
]
NOT_NUMBER_LIKE = ["A{}", "0{}%", "{}-7", "#{}", "{}/5", "{}:30", "kg", "v{}.1.2"]


@pytest.mark.parametrize("pattern", NUMBER_LIKE)
def test_numbers_with_signs_and_units_are_no_identifiers_and_are_said(pattern):
    columns = {"w": [pattern.format(i + 1) for i in range(200)] + ["x"], "x": X[:201], "y": CLASS[:201]}
    (finding,) = [finding for finding in found(columns) if finding.code == "data.number-like"]
    assert repr(pattern.format(1)) in finding.evidence
    schema, _ = infer_schema(read_table(columns), SchemaRequest(target="y"))
    assert schema.column("w").kind == "categorical"


@pytest.mark.parametrize("pattern", NOT_NUMBER_LIKE)
def test_codes_are_not_taken_for_numbers(pattern):
    columns = {"w": [pattern.format(i + 1) for i in range(200)], "x": X[:200], "y": CLASS[:200]}
    assert "data.number-like" not in {finding.code for finding in found(columns)}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("unit", [1e300, 1e308, 1e-200, 1e-310])
def test_values_at_the_edges_of_numbers_leak_as_others_do(unit):
    share = X / 10
    columns = {"l": share * unit, "x": Z, "y": share * unit}
    assert [finding.column for finding in found(columns) if finding.code == "data.leak"] == ["l"]


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
