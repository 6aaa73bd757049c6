"""Runs that look for their learning rate first: told why, repeated and resumed without another test."""

import json
import signal

import pytest

import netwright as nw
from netwright.api import settings_tree
from netwright.core.errors import Interrupted
from netwright.core.interrupts import StopSignal
from netwright.core.values import EpochRecord
from netwright.training import job
from netwright.training.stage import Listener, Request
from tests.conftest import flowers_csv

QUICK = {"training.epochs": 4, "training.threads": 1, "network.hidden_sizes": [8], "rate_test.run": True}


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    path = tmp_path_factory.mktemp("rows") / "flowers.csv"
    path.write_text(flowers_csv(150))
    return path


@pytest.fixture(scope="module")
def found(table, tmp_path_factory):
    """A finished run; do not change it."""
    return nw.fit(table, "kind", settings=QUICK, options=nw.FitOptions(runs=tmp_path_factory.mktemp("found")))


def weights(path):
    return (path / "weights.safetensors").read_bytes()


def test_the_run_takes_what_the_test_found_and_says_why(found):
    test = found.summary.rate_test
    assert test.used == test.suggested != test.default
    recipe = (found.path / "recipe.toml").read_text()
    assert f"learning_rate = {test.used} # found by a range test" in recipe
    assert "the default was 0.005" in recipe
    assert [choice.value for choice in found.summary.choices if choice.name == "training.learning_rate"] == [test.used]
    assert max(record.learning_rate for record in found.summary.epochs) <= test.used
    assert "Loss by learning rate" in found.report.read_text()
    assert json.loads((found.path / "rate_test.json").read_text())["losses"] == list(test.losses)


def test_its_recipe_repeats_it_to_the_byte(found, tmp_path):
    again = nw.fit(options=nw.FitOptions(runs=tmp_path, recipe=found.path / "recipe.toml"))
    assert weights(again.path) == weights(found.path)
    assert "which was asked for, is kept" in again.summary.rate_test.verdict


def test_a_rate_of_the_users_own_is_kept(table, tmp_path):
    settings = QUICK | {"training.learning_rate": 0.002}
    run = nw.fit(table, "kind", settings=settings, options=nw.FitOptions(runs=tmp_path))
    assert run.summary.rate_test.used == 0.002
    assert "learning_rate = 0.002 # a range test: " in (run.path / "recipe.toml").read_text()


def test_a_resumed_run_does_not_test_again_and_ends_in_the_same_bytes(table, found, tmp_path, monkeypatch):
    stop = StopSignal()

    def stop_after_two(record):
        if isinstance(record, EpochRecord) and record.epoch == 2:
            stop(signal.SIGTERM, None)

    tree = settings_tree({"data": {"source": str(table), "target": "kind"}}, QUICK)
    with pytest.raises(Interrupted):
        job.run_job(Request(tree, runs=tmp_path, name="job"), Listener(observers=(stop_after_two,), stop=stop))
    monkeypatch.setattr(job, "find_rate", lambda *_: pytest.fail("the range test was repeated"))
    job.resume_job(tmp_path / "job", Request(settings={}), Listener())
    assert weights(tmp_path / "job") == weights(found.path)
    assert nw.load(tmp_path / "job").summary.rate_test.losses == found.summary.rate_test.losses


def test_folds_share_one_test(table, tmp_path):
    run = nw.fit(table, "kind", settings=QUICK | {"ensemble.folds": 2}, options=nw.FitOptions(runs=tmp_path))
    assert run.summary.ensemble.kept == 2
    assert run.summary.rate_test.used > 0.0
