"""Runs of many networks: averaged into one, cross-validated, kept through a signal, fair to a time budget."""

import json
import re
import signal
from dataclasses import replace

import numpy as np
import pytest
import torch

import netwright as nw
from netwright.api import settings_tree
from netwright.core.errors import Interrupted, RecipeError, RunError, SchemaError
from netwright.core.evidence import Calibration
from netwright.core.interrupts import StopSignal
from netwright.core.values import EnsembleSummary
from netwright.networks.heads import predictions_from
from netwright.training import crew, ensemble
from netwright.training.ensemble import Kept
from netwright.training.inference import answer, read_for
from netwright.training.job import resume_job, run_job
from netwright.training.run_directory import read_part
from netwright.training.stage import Count, Listener, Request
from tests.conftest import flowers_csv

QUICK = {"training.epochs": 3, "training.threads": 1, "network.hidden_sizes": [8], "training.engine": "eager"}
MANY = {"ensemble.members": 2, "ensemble.folds": 3}


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    path = tmp_path_factory.mktemp("rows") / "flowers.csv"
    path.write_text(flowers_csv(150))
    return path


def fitted(source, runs, target=None, **settings):
    return nw.fit(source, target, settings=QUICK | settings, options=nw.FitOptions(runs=runs))


@pytest.fixture(scope="module")
def crossed(table, tmp_path_factory):
    """Two members for each of three folds; do not change it."""
    return fitted(table, tmp_path_factory.mktemp("crossed"), "kind", **MANY)


def weights(run):
    return (run.path / "weights.safetensors").read_bytes()


def test_folds_and_members_make_one_network(crossed):
    found = crossed.summary.ensemble
    assert (found.asked, found.kept) == (6, 6)
    assert [member.fold for member in found.members] == [1, 2, 3, 1, 2, 3]
    assert len({member.seed for member in found.members}) == 6
    assert all(member.epochs == 3 == len(member.validation_losses) for member in found.members)
    assert len(crossed.model.module.members) == 6
    assert crossed.summary.split == {"3 folds": 120, "test": 30}
    assert not (crossed.path / "members").exists()
    recipe = (crossed.path / "recipe.toml").read_text()
    assert "members = 2" in recipe
    assert "folds = 3" in recipe


def test_its_answer_is_the_mean_of_what_its_networks_say(crossed, table):
    model = replace(crossed.model, calibration=Calibration())  # a temperature comes after the average
    rows = read_for(model, table, with_target=False).table
    alone = [answer(replace(model, module=member), rows) for member in model.module.members]
    assert np.allclose(answer(model, rows), np.mean(alone, axis=0), atol=1e-6)
    found = crossed.summary.ensemble
    assert found.mean == pytest.approx(np.mean([member.test for member in found.members]))
    assert found.value == crossed.evaluation.metrics[found.headline].value
    assert found.gain == pytest.approx(found.value - found.mean)


def test_each_row_is_answered_by_networks_that_did_not_train_on_it(crossed, table):
    """The obvious way: for each fold its rows by number, from the two networks that held it out."""
    from netwright.data.ranges import from_ranges
    from netwright.data.splits import class_codes

    model, found = crossed.model, crossed.summary.ensemble.cross_validation
    split = json.loads((crossed.path / "split.json").read_text())
    rows = read_for(model, table, with_target=True).table
    truth, hits = class_codes(rows, model.schema), []
    for fold, ranges in enumerate(split["folds"]):
        positions = from_ranges(ranges)
        assert not set(positions) & set(from_ranges(split["test"]))
        pair = [model.module.members[number] for number in (fold, fold + 3)]
        said = np.mean([answer(replace(model, module=member), rows, positions) for member in pair], axis=0)
        hits.append(said.argmax(axis=1) == truth[positions])
        assert found.folds[fold].value == pytest.approx(hits[-1].mean())
        assert (found.folds[fold].rows, found.folds[fold].networks) == (len(positions), 2)
    assert found.rows == 120
    assert found.pooled.value == pytest.approx(np.concatenate(hits).mean())
    assert found.pooled.low <= found.pooled.value <= found.pooled.high
    each = [hit.mean() for hit in hits]
    assert (found.mean, found.deviation) == (pytest.approx(np.mean(each)), pytest.approx(np.std(each, ddof=1)))


def test_the_test_rows_are_those_of_a_single_network(crossed, table, tmp_path):
    single = fitted(table, tmp_path, "kind")
    parts = [json.loads((run.path / "split.json").read_text())["test"] for run in (crossed, single)]
    assert parts[0] == parts[1]
    assert single.summary.ensemble is None


def test_the_recipe_repeats_it_to_the_byte(crossed, tmp_path):
    again = nw.fit(options=nw.FitOptions(runs=tmp_path, recipe=crossed.path / "recipe.toml"))
    assert weights(again) == weights(crossed)


@pytest.mark.parametrize(
    ("source", "task", "within"), [("@diabetes", "regression", 1), ("@breast-cancer", "binary", 4)]
)
def test_members_without_folds(source, task, within, tmp_path):
    run = fitted(source, tmp_path, **{"ensemble.members": 3, "network.members": within})
    found = run.summary.ensemble
    assert run.schema.task == task
    assert found.cross_validation is None
    assert [member.fold for member in found.members] == [0, 0, 0]
    rows = read_for(run.model, source, with_target=False).table
    alone = [answer(replace(run.model, module=member), rows) for member in run.model.module.members]
    assert np.allclose(answer(run.model, rows), np.mean(alone, axis=0), rtol=1e-5, atol=1e-6)
    assert len(run.predict(source)) == run.summary.rows.total


def test_groups_and_a_test_table_of_its_own(tmp_path):
    rng = np.random.default_rng(0)

    def rows(count, offset):
        people = rng.integers(0, 12, count)
        lines = [f"{rng.normal():.4f},p{who + offset},{'ab'[int(rng.normal() > 0)]}" for who in people]
        return "x,who,y\n" + "\n".join(lines) + "\n"

    (tmp_path / "a.csv").write_text(rows(200, 0))
    (tmp_path / "b.csv").write_text(rows(40, 50))
    settings = QUICK | MANY | {"data.group": "who", "data.test": str(tmp_path / "b.csv")}
    run = nw.fit(tmp_path / "a.csv", "y", settings=settings, options=nw.FitOptions(runs=tmp_path))
    assert run.summary.split == {"3 folds": 200, "test": 40}
    assert run.summary.ensemble.cross_validation.rows == 200


def test_wide_categories_are_embedded_in_every_member(tmp_path):
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 25, (240, 6))
    frame = {f"c{k}": [f"v{code}" for code in codes[:, k]] for k in range(6)}
    frame["y"] = np.where(codes[:, 0] % 2, "odd", "even").tolist()
    import polars as pl

    run = nw.fit(pl.DataFrame(frame), "y", settings=QUICK | {"ensemble.folds": 3}, options=nw.FitOptions(runs=tmp_path))
    assert run.model.preparation.spec.cardinalities
    assert run.summary.ensemble.kept == 3


@pytest.mark.parametrize(
    ("settings", "error", "words"),
    [
        ({"ensemble.members": 0}, RecipeError, "ensemble.members: expected a whole number from 1 to 100, got 0"),
        ({"ensemble.folds": 101}, RecipeError, "ensemble.folds"),
        ({"ensemble.folds": 100, "ensemble.members": 100}, RecipeError, "at most 1,000 networks"),
        ({"ensemble.folds": 90}, SchemaError, "take .* folds or fewer"),
    ],
)
def test_what_cannot_be_is_refused_before_a_run_begins(table, tmp_path, settings, error, words):
    with pytest.raises(error, match=words):
        fitted(table, tmp_path, "kind", **settings)
    assert not list(tmp_path.iterdir())


def job(table, runs, settings, listener, **more):
    tree = settings_tree({"data": {"source": str(table), "target": "kind"}}, QUICK | settings)
    return run_job(Request(tree, runs=runs, name="job", **more), listener)


@pytest.mark.parametrize("engine", ["eager", "fused"])
@pytest.mark.parametrize("after", [0, 1, 4])
def test_a_signal_keeps_what_is_finished_and_the_rest_is_trained_to_the_same_bytes(table, tmp_path, after, engine):
    settings = MANY | {"training.engine": engine}
    untouched = job(table, tmp_path / "untouched", settings, Listener())
    stop, counts = StopSignal(), []

    def counted(count):
        counts.append(count)
        if count.done == after:
            stop(signal.SIGTERM, None)

    with pytest.raises(Interrupted, match=r"SIGTERM; go on with: netwright fit --resume .*job"):
        job(table, tmp_path, settings, Listener(stop=stop, counted=counted))
    folder = tmp_path / "job"
    kept = sorted(path.name for path in (folder / "members").glob("*.json")) if after else []
    assert len(kept) == counts[-1].done >= after
    resumed = []
    resume_job(folder, Request(settings={}), Listener(counted=resumed.append))
    assert resumed[0] == Count("networks", len(kept), 6)
    assert resumed[-1] == Count("networks", 6, 6)
    assert (folder / "weights.safetensors").read_bytes() == (untouched / "weights.safetensors").read_bytes()
    both = [read_part(path, "members.json", EnsembleSummary) for path in (folder, untouched)]
    assert without_clock(both[0]) == without_clock(both[1])


def without_clock(found):
    return replace(found, members=tuple(replace(member, seconds=0.0) for member in found.members))


def test_a_damaged_member_is_trained_again(table, tmp_path):
    untouched = job(table, tmp_path / "untouched", MANY, Listener())
    stop = StopSignal()
    with pytest.raises(Interrupted):
        job(table, tmp_path, MANY, Listener(stop=stop, counted=lambda c: c.done == 4 and stop(signal.SIGINT, None)))
    members = tmp_path / "job" / "members"
    (members / "001.safetensors").write_bytes(b"not these")
    (members / "002.json").write_text("{")
    (members / "003.safetensors").unlink()
    info = tmp_path / "job" / "run.json"
    info.write_text(re.sub(r'"torch": "[^"]*"', '"torch": "1.0"', info.read_text()))
    resume_job(tmp_path / "job", Request(settings={}), Listener())
    notes = nw.load(tmp_path / "job").summary.notes
    assert any("torch was 1.0" in note for note in notes)
    assert (tmp_path / "job/weights.safetensors").read_bytes() == (untouched / "weights.safetensors").read_bytes()


def test_a_network_that_diverges_is_left_out_and_said(table, tmp_path, monkeypatch):
    make = ensemble.make_member

    def poisoned(kind, config, batches, place):
        member = make(kind, config, batches, place)
        if config.seed == ensemble._config(kind, 1).seed:
            next(iter(member.module.parameters())).data.fill_(torch.nan)
        return member

    monkeypatch.setattr(ensemble, "make_member", poisoned)
    run = fitted(table, tmp_path, "kind", **{"ensemble.members": 3, "network.normalization": "none"})
    found = run.summary.ensemble
    assert (found.asked, found.kept) == (3, 2)
    assert "diverged" in found.members[1].left_out
    assert any("network 2 was left out" in note for note in run.summary.notes)
    assert len(run.model.module.members) == 2
    assert len(run.predict(table)) == 150


def test_all_diverged_is_an_error(table, tmp_path):
    settings = {"ensemble.members": 2, "network.normalization": "none", "training.learning_rate": 1e30}
    with pytest.raises(RunError, match="every one of the 2 networks failed"):
        fitted(table, tmp_path, "kind", **settings, **{"training.clip_norm": "none"})


def test_a_used_up_budget_leaves_at_least_one_network(table, tmp_path):
    settings = MANY | {"training.epochs": 5000, "training.patience": "none"}
    path = job(table, tmp_path, settings, Listener(), budget=4.0)
    found = read_part(path, "members.json", EnsembleSummary)
    assert 1 <= found.kept < found.asked == 6
    assert "of 6: the time budget had no room for more" in nw.load(path).summary.stopped_because
    assert len(nw.load(path).model.module.members) == found.kept
    folds = {member.fold for member in found.members if not member.left_out}
    assert found.cross_validation.rows == 40 * len(folds)


def test_what_a_deadline_cut_is_kept_only_where_nothing_is_whole(crossed):
    records = crossed.summary.ensemble.members
    cut = replace(records[0], left_out="the time budget ended its training early")
    lost = replace(records[1], left_out="training diverged: so")
    brief = replace(cut, number=5, epochs=1)
    one = torch.nn.Linear(1, 1)
    assert [kept.record.number for kept in ensemble._choose([Kept(cut, one), Kept(records[2], one)])] == [3]
    kept = ensemble._choose([Kept(cut, one), Kept(lost, one), Kept(brief, one)])
    assert [(one.record.number, one.record.left_out) for one in kept] == [(1, "")]


def test_the_clock_skips_what_has_no_time_left_but_never_the_first(monkeypatch):
    moment = 100.0
    monkeypatch.setattr(crew.time, "monotonic", lambda: moment)
    late = crew.Clock(None, 90.0)
    assert [late(), late()] == [False, True]
    early = crew.Clock(None, 110.0, seconds=[30.0])
    assert [early(), early()] == [False, True]
    free = crew.Clock(None, None, seconds=[30.0])
    assert [free(), free(), free()] == [False] * 3


def test_a_single_network_answers_as_heads_say(table, tmp_path):
    run = fitted(table, tmp_path, "kind")
    rows = read_for(run.model, table, with_target=False).table
    from netwright.data import prepare

    inputs = prepare(rows, run.schema, run.model.preparation, with_target=False)
    logits = run.model.module(torch.from_numpy(inputs.numeric), torch.from_numpy(inputs.categorical))
    positive = predictions_from(logits.double(), "binary")[:, 0].detach().numpy()
    assert np.allclose(answer(run.model, rows)[:, 1], positive)
