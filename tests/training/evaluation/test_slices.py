"""Slices: the metric on the rows that share a value, worst first, small ones counted, chance owned up to."""

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import accuracy_score, root_mean_squared_error

from netwright.core.values import Column, Schema
from netwright.training.evaluation.metrics import METRICS
from netwright.training.evaluation.slices import Judged, measure_slices

CHANCE = np.random.default_rng(1)


def column(name, kind="categorical", role="feature"):
    return Column(name, 0, kind, "", role, "", 1, 0, 1)


def schema(task, *columns):
    return Schema(columns, "y", task, "")


def judged(rows=900, hard="c"):
    """Rows of town a, b, c and some rare ones; town `hard` is answered by chance."""
    town = np.array([*"abc" * (rows // 3 - 10), *(["rare"] * 20), *([None] * 10)], dtype=object)
    town = np.append(town, ["a"] * (rows - len(town)))
    truth = CHANCE.integers(0, 2, rows)
    right = np.where(town == hard, CHANCE.random(rows) < 0.5, CHANCE.random(rows) < 0.9)
    said = np.where(right, truth, 1 - truth) * 0.8 + 0.1
    frame = pl.DataFrame({"town": list(town), "vip": CHANCE.integers(0, 2, rows).astype(bool), "size": said})
    return Judged(truth, np.stack([1 - said, said], axis=1), right, frame)


def test_values_are_measured_worst_first_and_small_ones_counted():
    rows = judged()
    columns = (column("town"), column("vip", "boolean", "ignored"), column("size", "numeric"), column("gone"))
    found = measure_slices(rows, schema("binary", *columns), ("accuracy", METRICS["binary"]["accuracy"], True))
    assert (found.looked_at, found.too_small) == (5, 2)
    assert found.shown[0].value == "c"
    values = [entry.measure.value for entry in found.shown]
    assert values == sorted(values)
    for entry in found.shown:
        same = (rows.frame[entry.column].cast(pl.String) == entry.value).fill_null(False).to_numpy()
        assert entry.rows == same.sum()
        assert entry.measure.value == pytest.approx(accuracy_score(rows.truth[same], rows.predicted[same].argmax(1)))
        assert entry.covered.value == rows.covered[same].mean()
    assert "c" in [entry.value for entry in found.marked]
    assert found.expected == pytest.approx(0.25)


def test_the_interval_is_as_wide_as_the_binomial_says():
    found = measure_slices(
        judged(3000), schema("binary", column("town")), ("accuracy", METRICS["binary"]["accuracy"], True)
    )
    for entry in found.shown:
        expected = 2 * 1.96 * np.sqrt(entry.measure.value * (1 - entry.measure.value) / entry.rows)
        assert abs(entry.measure.high - entry.measure.low - expected) < 0.2 * expected


def test_errors_have_their_worst_at_the_top_and_the_target_is_no_slice():
    truth = CHANCE.normal(size=400)
    side = np.array(["left", "right"])[np.arange(400) % 2]
    predicted = truth + np.where(side == "left", 3.0, 0.1) * CHANCE.normal(size=400)
    frame = pl.DataFrame({"side": side, "y": side})
    columns = (column("side"), column("y", "categorical", "target"))
    found = measure_slices(
        Judged(truth, predicted, None, frame),
        schema("regression", *columns),
        ("rmse", METRICS["regression"]["rmse"], False),
    )
    assert [(entry.column, entry.value) for entry in found.shown] == [("side", "left"), ("side", "right")]
    left = side == "left"
    assert found.shown[0].measure.value == pytest.approx(root_mean_squared_error(truth[left], predicted[left]))
    assert found.shown[0].covered is None


def test_a_slice_of_one_class_has_no_auc_and_is_counted():
    rows = judged()
    truth = np.where(rows.frame["vip"].to_numpy(), 1, rows.truth)
    found = measure_slices(
        Judged(truth, rows.predicted, None, rows.frame),
        schema("binary", column("vip", "boolean")),
        ("auc", METRICS["binary"]["auc"], True),
    )
    assert [entry.value for entry in found.shown] == ["false"]
    assert found.too_small == 1


def test_where_nothing_differs_about_a_twentieth_is_marked():
    rows = 20_000
    truth = CHANCE.integers(0, 2, rows)
    said = np.where(CHANCE.random(rows) < 0.8, truth, 1 - truth) * 0.8 + 0.1
    frame = pl.DataFrame({"group": [str(k % 200) for k in range(rows)]})
    found = measure_slices(
        Judged(truth, np.stack([1 - said, said], axis=1), None, frame),
        schema("binary", column("group")),
        ("accuracy", METRICS["binary"]["accuracy"], True),
    )
    assert found.looked_at == 200
    assert 3 <= len(found.marked) <= 25
