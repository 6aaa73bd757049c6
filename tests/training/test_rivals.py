"""Runs that train several recipes and keep what held-out rows favour."""

import json
import shutil
import signal
import threading
from dataclasses import replace

import polars as pl
import pytest

import netwright as nw
from netwright.api import settings_tree
from netwright.core.errors import Interrupted, RunError
from netwright.core.files import to_json
from netwright.core.interrupts import StopSignal
from netwright.core.values import Contest
from netwright.training import rivals
from netwright.training.contest import decide
from netwright.training.job import resume_job, run_job
from netwright.training.run_directory import CONTEST, read_part
from netwright.training.settings import read_recipe
from netwright.training.stage import Listener, Request
from tests.conftest import flowers_csv

QUICK = {
    "training.epochs": 3,
    "training.threads": 1,
    "network.hidden_sizes": [8],
    "network.members": 1,
    "preset.contenders": ["waves", "realmlp"],
    "contenders.waves.training.epochs": 4,
    "contenders.waves.network.hidden_sizes": [8],
    "contenders.realmlp.training.epochs": 5,
    "contenders.realmlp.network.hidden_sizes": [16],
}
ENGINES = ("eager", "fused")


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    path = tmp_path_factory.mktemp("rows") / "flowers.csv"
    path.write_text(flowers_csv(300))
    return path


def tree(table, settings):
    return settings_tree({"data": {"source": str(table), "target": "kind"}}, QUICK | settings)


def job(table, runs, settings, listener=None, **more):
    return run_job(Request(tree(table, settings), runs=runs, name="job", **more), listener or Listener())


@pytest.fixture(scope="module", params=ENGINES)
def compared(request, table, tmp_path_factory):
    """A run of three recipes; do not change it."""
    return nw.load(job(table, tmp_path_factory.mktemp("runs"), {"training.engine": request.param}))


def weights(folder):
    return (folder / "weights.safetensors").read_bytes()


def test_every_recipe_is_trained_and_told(compared):
    contest = compared.summary.contest
    alone = {one.name: one for one in contest.contenders if " + " not in one.name}
    assert set(alone) == {"netwright", "waves", "realmlp"}
    assert "the weights of epoch" in alone["realmlp"].trained
    assert all(one.loss > 0 and one.parameters > 100 and one.seconds > 0 for one in alone.values())
    assert [one.loss for one in contest.contenders] == sorted(one.loss for one in contest.contenders)
    assert contest.rows == compared.summary.split["validation"]
    kept = next(one for one in contest.contenders if one.name == " + ".join(contest.chosen))
    assert compared.evaluation.metrics[contest.headline].value == pytest.approx(kept.test)
    assert compared.summary.parameters == kept.parameters
    assert contest.verdict in compared.summary.stopped_because
    assert not (compared.path / "members").exists()


def test_the_recipe_file_says_all_and_repeats_the_run(compared, tmp_path):
    text = (compared.path / "recipe.toml").read_text()
    again = run_job(Request(read_recipe(compared.path / "recipe.toml"), runs=tmp_path), Listener())
    assert weights(again) == weights(compared.path)
    assert "\n[contenders.realmlp.training]\nepochs = 5 # asked for\n" in text


def test_each_recipe_alone_is_what_it_is_beside_the_others(compared, table, tmp_path):
    settings = {name: value for name, value in QUICK.items() if "contenders" not in name}
    asked = settings_tree({"data": {"source": str(table), "target": "kind"}}, settings)
    asked["training"]["engine"] = compared.summary.engine
    alone = nw.load(run_job(Request(asked, runs=tmp_path), Listener()))
    contest = compared.summary.contest
    own = next(one for one in contest.contenders if one.name == contest.own)
    assert alone.summary.contest is None
    assert alone.evaluation.metrics[contest.headline].value == pytest.approx(own.test, abs=1e-12)


@pytest.mark.parametrize("chosen", [("netwright",), ("realmlp",), ("waves", "realmlp")])
@pytest.mark.parametrize("target", ["kind", "width"])
def test_whatever_is_kept_is_saved_and_loaded(table, tmp_path, monkeypatch, chosen, target):
    def decided(entrants, failed, truth, place):
        return replace(decide(entrants, failed, truth, place), chosen=chosen)

    monkeypatch.setattr(rivals, "decide", decided)
    settings = {"data.target": target, "data.ignore": ["kind"] if target == "width" else []}
    run = nw.load(job(table, tmp_path, settings))
    frame = pl.read_csv(table)
    said = run.predict(frame)
    assert said.equals(nw.load(run.path).predict(frame))
    measured = run.evaluate(frame).metrics
    assert measured["rmse" if target == "width" else "accuracy"].value is not None
    names = json.loads((run.path / CONTEST).read_text())["chosen"]
    assert tuple(names) == chosen


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("after", ["records", "the own network"])
def test_a_signal_at_any_time_changes_no_byte(table, tmp_path, monkeypatch, engine, after):
    untouched = job(table, tmp_path / "untouched", {"training.engine": engine})
    stop = StopSignal()
    if after == "records":
        listener = Listener(stop=stop, observers=[lambda record: record.step > 4 and stop(signal.SIGTERM, None)])
    else:
        listener = Listener(stop=stop)
        train = rivals.train_one

        def then_a_signal(*arguments, **named):
            trained = train(*arguments, **named)
            stop(signal.SIGTERM, None)
            return trained

        monkeypatch.setattr(rivals, "train_one", then_a_signal)
        waited = threading.Event()
        monkeypatch.setattr(rivals.Rivals, "train", lambda self: waited.wait(0.5))
    with pytest.raises(Interrupted, match=r"SIGTERM; go on with: netwright fit --resume .*job"):
        job(table, tmp_path, {"training.engine": engine}, listener)
    monkeypatch.undo()
    folder = tmp_path / "job"
    resume_job(folder, Request(settings={}), Listener())
    assert weights(folder) == weights(untouched)


def test_one_that_cannot_be_trained_takes_no_part_and_is_named(table, tmp_path, monkeypatch):
    fit = rivals.fit

    def diverging(module, batches, config, *more):
        if config.epochs == QUICK["contenders.realmlp.training.epochs"]:
            raise RunError("diverged: the loss was not finite")
        return fit(module, batches, config, *more)

    monkeypatch.setattr(rivals, "fit", diverging)
    run = nw.load(job(table, tmp_path, {}))
    failed = next(one for one in run.summary.contest.contenders if one.name == "realmlp")
    assert failed.failed
    assert failed.trained == "diverged: the loss was not finite"
    assert failed.loss is None
    assert "realmlp" not in run.summary.contest.chosen


def test_a_budget_is_shared(table, tmp_path):
    settings = {"training.epochs": 5000, "contenders.waves.training.epochs": 5000, "evaluation.trees": False}
    settings |= {"contenders.realmlp.training.epochs": 5000, "training.engine": "eager", "training.patience": "none"}
    run = nw.load(job(table, tmp_path, settings | {"contenders.waves.training.patience": "none"}, budget=9.0))
    assert run.summary.seconds < 12.0
    assert {one.name for one in run.summary.contest.contenders if not one.failed} >= {"netwright", "waves", "realmlp"}


def test_folds_compare_recipes_on_out_of_fold_answers(table, tmp_path):
    run = nw.load(job(table, tmp_path, {"ensemble.folds": 3}))
    contest, ensemble = run.summary.contest, run.summary.ensemble
    assert (ensemble.asked, len(ensemble.members)) == (9, 9)
    assert [member.recipe for member in ensemble.members] == ["netwright"] * 3 + ["waves"] * 3 + ["realmlp"] * 3
    assert ensemble.kept == 3 * len(contest.chosen)
    assert contest.rows == 240 == ensemble.cross_validation.rows
    others = [member for member in ensemble.members if member.recipe not in contest.chosen]
    assert all(member.left_out.startswith("the held-out rows favoured") for member in others)
    assert "time budget" not in run.summary.stopped_because
    assert run.predict(table).equals(nw.load(run.path).predict(table))


def test_a_run_that_names_networks_it_does_not_have_is_refused(compared, tmp_path):
    folder = shutil.copytree(compared.path, tmp_path / "run")
    contest = read_part(folder, CONTEST, Contest)
    for chosen, said in ((("realm",), "did you mean"), ((), "expected 1 to"), (("waves",) * 2000, "expected 1 to")):
        (folder / CONTEST).write_bytes(to_json(replace(contest, chosen=chosen)))
        with pytest.raises(RunError, match=said):
            nw.load(folder).predict(pl.DataFrame({"width": [1.0]}))
