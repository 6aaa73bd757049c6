"""Every row but the test rows is in one fold; what belongs together stays together, and classes are spread."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netwright.core.errors import SchemaError
from netwright.data import SchemaRequest, SplitConfig, deal_folds, infer_schema, read_table, split_rows
from netwright.data.folds import deal


def dealt(columns, folds, **request):
    schema, table = infer_schema(read_table(columns), SchemaRequest(target="y", **request))
    split = split_rows(table, schema, SplitConfig())
    return split, deal_folds(table, schema, split, folds)


def flowers(rows=200):
    rng = np.random.default_rng(0)
    y = np.array(["a"] * (rows // 2) + ["b"] * (rows - rows // 2 - rows // 10) + ["c"] * (rows // 10))
    return {"x": rng.normal(size=rows), "z": rng.normal(size=rows), "y": y}


@pytest.mark.parametrize("folds", [2, 5, 7])
def test_every_row_but_the_test_rows_is_in_one_fold(folds):
    columns = flowers()
    split, parts = dealt(columns, folds)
    assert len(parts) == folds
    every = np.sort(np.concatenate([split.train, split.validation]))
    assert (np.sort(np.concatenate(parts)) == every).all()
    assert max(map(len, parts)) - min(map(len, parts)) <= 1
    for label in "abc":
        counts = [(columns["y"][part] == label).sum() for part in parts]
        assert max(counts) - min(counts) <= 1


def test_the_seed_decides():
    first, again = (np.concatenate(dealt(flowers(), 5)[1]) for _ in range(2))
    assert (first == again).all()
    assert (deal(np.arange(200), None, 5, 1) != deal(np.arange(200), None, 5, 2)).any()


def test_copies_of_a_row_stay_in_one_fold():
    x = np.random.default_rng(0).integers(0, 60, 600)
    _, parts = dealt({"x": x * 1.5, "y": np.where(x % 2, "a", "b")}, 4)
    assert all(sum((x[part] == value).any() for part in parts) <= 1 for value in range(60))


def test_groups_stay_in_one_fold():
    rng = np.random.default_rng(0)
    group = rng.integers(0, 30, 600)
    columns = {"x": rng.normal(size=600), "who": [f"p{g}" for g in group], "y": rng.normal(size=600)}
    split, parts = dealt(columns, 5, group="who")
    assert split.strategy == "group"
    assert all(len(part) for part in parts)
    assert all(sum((group[part] == value).any() for part in parts) <= 1 for value in range(30))


@pytest.mark.parametrize(
    ("columns", "request_", "folds", "words"),
    [
        (flowers(60), {}, 6, ["class 'c'", "take 5 folds or fewer"]),
        ({"x": np.arange(9.0), "y": np.arange(9.0) ** 2}, {}, 50, ["different row", "50 folds"]),
        (
            {"x": np.arange(90.0), "who": [f"p{i % 4}" for i in range(90)], "y": np.arange(90) % 7 / 3},
            {"group": "who"},
            5,
            ["different group", "folds or fewer"],
        ),
        (
            {"x": np.random.default_rng(0).normal(size=90), "who": [f"p{i // 9}" for i in range(90)]}
            | {"y": ["a"] * 72 + ["b"] * 18},
            {"group": "who"},
            5,
            ["class 'b'", "one fold"],
        ),
        (
            {
                "x": np.arange(90.0),
                "when": [f"2024-01-{1 + i % 28:02d}" for i in range(90)],
                "y": np.arange(90) % 7 / 3,
            },
            {"time": "when"},
            5,
            ["time", "later"],
        ),
    ],
)
def test_what_cannot_be_dealt_is_said(columns, request_, folds, words):
    with pytest.raises(SchemaError) as said:
        dealt(columns, folds, **request_)
    assert all(word in str(said.value) for word in words), said.value


@given(st.lists(st.integers(0, 12), min_size=1, max_size=80), st.integers(2, 6), st.integers(0, 3))
@settings(deadline=None, max_examples=60)
def test_groups_are_whole_and_no_fold_is_empty(groups, folds, seed):
    codes = np.array(groups)
    fold = deal(codes, None, folds, seed)
    assert all(len(set(fold[codes == code])) == 1 for code in codes)
    if len(set(groups)) >= folds:
        assert set(fold) == set(range(folds))
    sizes = np.bincount(fold, minlength=folds)
    assert sizes.max() - sizes.min() <= np.bincount(codes).max()
