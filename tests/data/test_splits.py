"""Parts do not overlap, lose nothing, keep like rows together and repeat with the seed."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netwright.core.errors import SchemaError
from netwright.data import SchemaRequest, Split, SplitConfig, infer_schema, read_table, shared_rows, split_rows
from netwright.data.ranges import from_ranges, to_ranges


def made(columns, **request):
    return infer_schema(read_table(columns), SchemaRequest(target="y", **request))


def parts_of(split: Split) -> np.ndarray:
    parts = np.full(len(split.train) + len(split.validation) + len(split.test), -1)
    for number, part in enumerate((split.train, split.validation, split.test)):
        assert (np.diff(part) > 0).all()
        parts[part] = number
    assert (parts >= 0).all()
    return parts


@pytest.mark.parametrize("rows", [10, 100, 1003])
@pytest.mark.parametrize("target", ["class", "number"])
def test_shares_are_met_and_the_seed_decides(rows, target):
    rng = np.random.default_rng(0)
    y = rng.choice(["a", "b"], rows) if target == "class" else rng.normal(size=rows)
    y[:2] = ["a", "b"] if target == "class" else [0.5, 1.5]
    schema, table = made({"x": rng.normal(size=rows), "y": y})
    split = split_rows(table, schema, SplitConfig(seed=1))
    parts = parts_of(split)
    assert split.strategy == ("stratified" if target == "class" else "random")
    assert abs((parts == 2).mean() - 0.2) < 2 / rows + 0.02
    assert abs((parts == 1).mean() - 0.12) < 2 / rows + 0.02
    assert (parts_of(split_rows(table, schema, SplitConfig(seed=1))) == parts).all()
    if rows > 10:
        assert (parts_of(split_rows(table, schema, SplitConfig(seed=2))) != parts).any()


def test_copies_of_a_row_stay_together():
    rng = np.random.default_rng(0)
    x = rng.integers(0, 40, 400)
    schema, table = made({"x": x * 1.5, "y": np.where(x % 2, "a", "b")})
    parts = parts_of(split_rows(table, schema, SplitConfig()))
    assert all(len(set(parts[x == value])) == 1 for value in range(40))
    assert set(parts) == {0, 1, 2}


def test_each_class_of_three_rows_is_in_each_part():
    y = ["a"] * 90 + ["b"] * 3 + ["c"] * 7
    schema, table = made({"x": np.arange(100) ** 1.5, "y": y})
    parts = parts_of(split_rows(table, schema, SplitConfig()))
    for label in "abc":
        assert set(parts[np.array(y) == label]) == {0, 1, 2}


def test_groups_stay_together():
    rng = np.random.default_rng(0)
    group = rng.integers(0, 30, 300)
    schema, table = made(
        {"x": rng.normal(size=300), "g": [f"g{i}" for i in group], "y": rng.normal(size=300)}, group="g"
    )
    split = split_rows(table, schema, SplitConfig())
    parts = parts_of(split)
    assert split.strategy == "group"
    assert all(len(set(parts[group == value])) == 1 for value in range(30))
    assert 0.1 < (parts == 2).mean() < 0.35


def test_by_time_the_latest_rows_are_the_test_rows():
    order = np.random.default_rng(0).permutation(100)
    schema, table = made({"x": np.arange(100) ** 0.5, "t": order // 2, "y": np.arange(100) * 0.1}, time="t")
    parts = parts_of(split_rows(table, schema, SplitConfig()))
    assert order[parts == 0].max() < order[parts == 1].min()
    assert order[parts == 1].max() < order[parts == 2].min()
    assert len({part for moment in range(50) for part in [tuple(set(parts[order // 2 == moment]))]}) == 3


def test_a_column_can_tell_the_parts():
    names = ["train", "valid", "Test"] * 20
    schema, table = made({"x": np.arange(60) ** 0.5, "s": names, "y": np.arange(60) * 0.1}, ignore=("s",))
    split = split_rows(table, schema, SplitConfig(strategy="given", column="s"))
    assert [("train", "valid", "Test")[part] for part in parts_of(split)] == names
    with pytest.raises(SchemaError, match="'s'"):
        split_rows(table, schema, SplitConfig(strategy="given", column="ss"))


def test_no_test_rows_where_they_come_from_elsewhere():
    schema, table = made({"x": np.arange(60) ** 0.5, "y": np.arange(60) * 0.1})
    split = split_rows(table, schema, SplitConfig(), has_test_table=True)
    assert len(split.test) == 0
    assert len(split.validation) == 9


def test_a_split_goes_to_json_and_back():
    schema, table = made({"x": np.arange(60) ** 0.5, "y": np.arange(60) * 0.1})
    split = split_rows(table, schema, SplitConfig())
    again = Split.from_json(split.to_json())
    assert (parts_of(split) == parts_of(again)).all()
    assert again.reason == split.reason
    assert again.fingerprint == table.fingerprint


@settings(deadline=None)
@given(st.lists(st.integers(0, 60), unique=True))
def test_ranges_are_read_back(positions):
    array = np.array(sorted(positions), np.int64)
    assert from_ranges(to_ranges(array)).tolist() == array.tolist()


def test_ranges_are_short():
    assert to_ranges(np.array([0, 1, 2, 3, 5, 7, 8])) == "0-3,5,7-8"


def test_too_few_rows_to_split():
    schema, table = made({"x": [1.5, 2.25], "y": [0.1, 0.2]})
    with pytest.raises(SchemaError, match="at least 3 rows"):
        split_rows(table, schema, SplitConfig())


def test_shared_rows_are_counted_whatever_the_types():
    schema, table = made({"x": [1.0, 2.0, 3.0, 4.0], "c": ["p", "q", "p", "r"], "y": ["a", "b", "a", "b"]})
    other = read_table({"y": ["a", "b", "z"], "c": ["p", "q", "p"], "x": [1, 2, 3]})
    assert shared_rows(table, other, schema) == 2


@pytest.mark.slow
def test_ten_million_rows():
    rng = np.random.default_rng(0)
    schema, table = made({"x": rng.normal(size=10_000_000), "y": rng.integers(0, 2, 10_000_000)})
    assert len(split_rows(table, schema, SplitConfig()).test) == 2_000_000
