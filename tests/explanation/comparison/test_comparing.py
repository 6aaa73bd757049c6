"""A regression compared from end to end, and what a short budget leaves out."""

from itertools import pairwise

import numpy as np
import polars as pl
import pytest

from netwright.core.errors import SchemaError
from netwright.explanation.comparison.clock import Clock
from netwright.explanation.comparison.comparing import compare_rows
from netwright.explanation.comparison.networks import DEPTHS, name_of
from netwright.training.stage import Request


@pytest.fixture(scope="module")
def straight():
    """A straight line with little noise: no other shape can be better than the linear model's."""
    generator = np.random.default_rng(0)
    x = generator.normal(size=(400, 3))
    frame = pl.DataFrame({"a": 100 * x[:, 0], "b": x[:, 1], "c": x[:, 2]})
    y = pl.Series("y", 3 * x[:, 0] - 2 * x[:, 1] + 0.1 * generator.normal(size=400))
    settings = {"data": {"target": "y"}, "schema": {"task": "regression"}, "split": {"test": 0.4}}
    settings |= {"training": {"epochs": 4}}
    return compare_rows(Request(settings, frame.with_columns(y)), Clock(600.0), "straight")


def test_errors_are_errors_again_and_the_best_has_the_least(straight):
    assert straight.headline == "rmse"
    assert not straight.higher_is_better
    for one in straight.contestants:
        assert 0.0 < one.measure.low <= one.measure.value <= one.measure.high
    best = min(straight.contestants, key=lambda one: one.validation)
    assert best.behind.value == 0.0
    assert straight.contestant("decision tree").behind.low > 0.0
    assert not straight.contestant("decision tree").alike


def test_more_rows_help_every_kind(straight):
    for one in straight.contestants:
        sizes = [point.rows for point in one.curve]
        assert sizes == sorted(sizes)
        assert one.curve[-1].measure == one.measure
    assert (
        straight.contestant("boosted trees").curve[0].measure.value > straight.contestant("boosted trees").measure.value
    )


def test_deeper_networks_keep_more_and_take_longer(straight):
    networks = [straight.contestant(name_of(depth)) for depth in DEPTHS]
    for earlier, later in pairwise(networks):
        assert earlier.audit.stored < later.audit.stored
        assert earlier.cost.disk_bytes < later.cost.disk_bytes
    assert [one.side for one in networks] == ["shallow", "shallow", "deep", "deep", "deep"]


def test_trees_do_not_care_for_scale_and_networks_do(straight):
    assert abs(straight.contestant("decision tree").engineering.value) < 0.5
    assert straight.contestant("nearest neighbours").engineering.low > 0.3


def test_five_claims_are_ruled_on(straight):
    assert len(straight.claims) == 5
    assert {claim.ruling for claim in straight.claims} <= {"confirmed", "not confirmed", "undecided"}


def test_without_time_what_is_left_out_is_said():
    found = compare_rows(Request({"data": {"source": "@iris"}}), Clock(0.001), "iris")
    assert [one.name for one in found.contestants] == [
        "linear model", "nearest neighbours", "decision tree", "boosted trees",
    ]  # fmt: skip
    assert any("not trained for want of time: network of fit" in limit for limit in found.limits)
    assert {claim.ruling for claim in found.claims} == {"undecided"}


def test_validation_rows_are_needed():
    settings = {"data": {"source": "@iris"}, "split": {"validation": 0.0}}
    with pytest.raises(SchemaError, match="validation rows"):
        compare_rows(Request(settings), Clock(60.0), "iris")
