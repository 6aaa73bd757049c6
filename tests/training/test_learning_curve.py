"""Learning curves: nested shares, as many steps each, and a verdict that seeds cannot fake."""

import signal
from dataclasses import replace

import numpy as np
import pytest

import netwright as nw
from netwright.api import settings_tree
from netwright.core.errors import Interrupted
from netwright.core.interrupts import StopSignal
from netwright.core.values import LearningPoint
from netwright.training.batches import batch_sizes
from netwright.training.config import TrainingConfig
from netwright.training.job import resume_job, run_job
from netwright.training.learning_curve import nested_order, verdict_of, with_steps_of
from netwright.training.stage import Listener, Request
from tests.conftest import flowers_csv

QUICK = {"training.epochs": 3, "training.threads": 1, "network.hidden_sizes": [8], "training.engine": "eager"}
CURVE = QUICK | {"ensemble.learning_curve": True}


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    path = tmp_path_factory.mktemp("rows") / "flowers.csv"
    path.write_text(flowers_csv(240))
    return path


def test_a_curve_beside_a_single_network(table, tmp_path):
    run = nw.fit(table, "kind", settings=CURVE, options=nw.FitOptions(runs=tmp_path))
    found = run.summary.learning_curve
    assert [point.rows for point in found.points] == [10, 20, 41, 82, 163]
    assert all(len(point.values) == 3 and point.linear is not None for point in found.points)
    assert found.verdict
    assert "learning_curve = true" in (run.path / "recipe.toml").read_text()
    single = nw.fit(table, "kind", settings=QUICK, options=nw.FitOptions(runs=tmp_path))
    assert (single.path / "weights.safetensors").read_bytes() == (run.path / "weights.safetensors").read_bytes()
    whole = found.points[-1]
    assert whole.linear == run.evaluation.baselines["linear model"][found.headline].value


def test_a_curve_beside_folds_leaves_the_first_fold_out(table, tmp_path):
    settings = CURVE | {"ensemble.folds": 3}
    run = nw.fit(table, "kind", settings=settings, options=nw.FitOptions(runs=tmp_path))
    assert run.summary.learning_curve.points[-1].rows == 192 - run.summary.ensemble.cross_validation.folds[0].rows
    assert run.summary.ensemble.kept == 3


def test_regression(tmp_path):
    run = nw.fit("@diabetes", settings=CURVE, options=nw.FitOptions(runs=tmp_path))
    assert not run.summary.learning_curve.higher_is_better
    assert len(run.summary.learning_curve.points) == 5


def test_a_signal_in_the_curve_keeps_both(table, tmp_path):
    tree = settings_tree({"data": {"source": str(table), "target": "kind"}}, CURVE | {"ensemble.members": 2})
    untouched = run_job(Request(tree, runs=tmp_path, name="untouched"), Listener())
    stop = StopSignal()

    def counted(count):
        if count.what == "learning curve" and count.done == 7:
            stop(signal.SIGINT, None)

    with pytest.raises(Interrupted, match="--resume"):
        run_job(Request(tree, runs=tmp_path, name="hit"), Listener(stop=stop, counted=counted))
    resumed = []
    resume_job(tmp_path / "hit", Request(settings={}), Listener(counted=resumed.append))
    assert [count.done for count in resumed if count.what == "networks"] == [2]
    assert next(count.done for count in resumed if count.what == "learning curve") >= 7
    for name in ("weights.safetensors", "learning_curve.json", "evaluation.json"):
        assert (tmp_path / "hit" / name).read_bytes() == (untouched / name).read_bytes()


def test_every_prefix_has_its_share_of_each_class():
    target = np.array([0] * 700 + [1] * 250 + [2] * 50)
    order = nested_order(target, False, 3)
    assert sorted(order) == list(range(1000))
    assert set(target[order[:3]]) == {0, 1, 2}
    for size in (60, 125, 250, 500):
        shares = np.bincount(target[order[:size]], minlength=3) / size
        assert np.abs(shares - [0.7, 0.25, 0.05]).max() < 0.03
    assert sorted(nested_order(np.linspace(0, 1, 40), True, 3)) == list(range(40))
    assert (nested_order(target, False, 3) != nested_order(target, False, 4)).any()


@pytest.mark.parametrize("rows", [17, 64, 500, 1000])
def test_every_network_takes_as_many_steps(rows):
    config = TrainingConfig(epochs=7, batch_size=32, patience=3)
    smaller = with_steps_of(config, rows, 1000)
    steps = len(batch_sizes(1000, 32)) * 7
    one = len(batch_sizes(rows, 32))
    assert steps <= smaller.epochs * one < steps + one
    assert with_steps_of(config, 1000, 1000) == config
    assert with_steps_of(replace(config, patience=None), rows, 1000).patience is None


@pytest.mark.parametrize(
    ("before", "last", "higher", "word"),
    [
        ((0.90, 0.91, 0.92), (0.95, 0.96, 0.97), True, "would help"),
        ((0.90, 0.91, 0.92), (0.91, 0.92, 0.93), True, "Flat"),
        ((0.90, 0.91, 0.92), (0.80, 0.81, 0.82), True, "worse"),
        ((3.0, 3.1, 3.2), (2.0, 2.1, 2.2), False, "would help"),
        ((3.0, 3.1, 3.2), (4.0, 4.1, 4.2), False, "worse"),
    ],
)
def test_the_verdict_asks_whether_the_step_is_more_than_seeds_differ(before, last, higher, word):
    points = [LearningPoint(50, before, None), LearningPoint(100, last, None)]
    assert word in verdict_of(points, higher)
    assert "50 to 100 rows" in verdict_of(points, higher)
    assert "Too few" in verdict_of(points[:1], higher)
