"""What a budget keeps for the end grows with what the end has to do, and a budget that is too short says so."""

import time
from dataclasses import dataclass, replace

import pytest

import netwright as nw
from netwright.training import job, reserve
from netwright.training.stage import Request
from tests.conftest import flowers_csv

QUICK = {"training.epochs": 3, "training.threads": 1, "network.hidden_sizes": [8], "training.engine": "eager"}


@dataclass(frozen=True)
class Still(reserve.Pace):
    """A pace that does not depend on the machine."""

    factor: float = 1.0

    @property
    def seconds(self) -> float:
        return 1.0

    @property
    def slowdown(self) -> float:
        return self.factor


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    path = tmp_path_factory.mktemp("rows") / "flowers.csv"
    path.write_text(flowers_csv(150))
    return path


def fitted(table, runs, budget, **settings):
    return nw.fit(table, "kind", settings=QUICK | settings, budget=budget, options=nw.FitOptions(runs=runs))


def planned(table, runs, monkeypatch, **settings):
    """Return the stage and the yardstick of a run, as the reserve was planned from them."""
    found = []
    plan = reserve.when_training_ends

    def remember(stage, yardstick, request, pace):
        found.append((stage, yardstick))
        return plan(stage, yardstick, request, pace)

    monkeypatch.setattr(job, "when_training_ends", remember)
    fitted(table, runs, None, **settings)
    return found[0]


def kept(stage, yardstick, pace=Still()) -> float:
    request = Request(settings={}, budget=100.0, started=0.0)
    ends = reserve.when_training_ends(stage, yardstick, request, pace)
    assert ends is not None
    return 100.0 - ends


def test_the_reserve_follows_what_was_measured(table, tmp_path, monkeypatch):
    stage, yardstick = planned(table, tmp_path, monkeypatch)
    monkeypatch.setattr(reserve, "_answering", lambda *_: 0.0)
    quick, slow = (replace(yardstick, seconds=seconds) for seconds in (0.1, 2.1))
    assert kept(stage, quick) == pytest.approx(reserve.MARGIN * 0.1 + reserve.ENDING)
    assert kept(stage, slow) - kept(stage, quick) == pytest.approx(reserve.MARGIN * 2.0)
    assert kept(stage, quick, Still(factor=3.0)) - kept(stage, quick) == pytest.approx(2 * reserve.ENDING)


def test_folds_and_learning_curves_keep_more(table, tmp_path, monkeypatch):
    stage, yardstick = planned(table, tmp_path, monkeypatch, **{"ensemble.folds": 3})
    monkeypatch.setattr(reserve, "_answering", lambda *_: 0.0)
    yardstick = replace(yardstick, seconds=0.1, fitted_in={"linear model": 0.7, "boosted trees": 9.0})
    models = 1 + 120 / 30  # the rows of all folds, and the test rows
    assert kept(stage, yardstick) == pytest.approx(reserve.MARGIN * 0.1 * models + reserve.ENDING)
    curve = replace(stage.recipe.ensemble, learning_curve=True)
    traced = replace(stage, recipe=replace(stage.recipe, ensemble=curve))
    more = kept(traced, yardstick) - kept(stage, yardstick)
    assert more == pytest.approx(reserve.MARGIN * reserve.CURVE_FITS * 0.7)


def test_without_a_budget_training_has_no_end(table, tmp_path, monkeypatch):
    stage, yardstick = planned(table, tmp_path, monkeypatch)
    assert reserve.when_training_ends(stage, yardstick, Request(settings={}), Still()) is None


def test_a_busy_machine_has_a_slower_pace():
    pace = reserve.Pace()
    time.sleep(0.2)
    assert pace.slowdown > 3.0
    assert reserve.Pace(pace.wall, time.thread_time() - 1e6).slowdown == 1.0


def test_a_budget_that_leaves_no_time_gives_the_best_so_far_and_says_so(table, tmp_path):
    run = fitted(table, tmp_path, 0.01)
    assert run.summary.stopped_because.startswith("the time budget was used up in epoch 1 of 3, at step 1")
    assert any("the time budget of 0.01 s left none for training" in note for note in run.summary.notes)
    assert len(run.predict(table)) == 150


def test_a_budget_that_is_long_enough_says_nothing(table, tmp_path):
    assert not fitted(table, tmp_path, 600).summary.notes
