"""Runs on disk as cases: real ones, sick and healthy, old, unfinished and damaged."""

import json
import math
import shutil

import pytest

import netwright as nw
from netwright.api import of_training
from netwright.core.errors import RunError
from netwright.diagnosis.doctor import diagnose
from netwright.diagnosis.from_run import case_of_run
from tests.sick_runs import fit_sick

SIGMOIDS, HOT = "architecture.saturating-activations", "optimisation.rate-too-high"


def test_a_finished_run_becomes_a_case_of_its_own_numbers(finished_run):
    case = case_of_run(finished_run)
    assert [epoch.epoch for epoch in case.epochs] == [1, 2, 3]
    assert case.steps[0].step == 1
    assert case.objective.task == "binary"
    assert case.objective.loss == "bce_with_logits"
    assert case.objective.constant_loss == pytest.approx(math.log(2), abs=0.05)
    assert case.objective.first_loss == case.steps[0].loss
    assert case.optimizing.rows == json.loads((finished_run / "run.json").read_text())["split"]["train"]
    assert case.network.ops[-1].takes_target
    assert len(case.start.names) == len(case.network.weights)
    assert case.lost is None


def test_the_operations_follow_each_other_from_input_to_loss(finished_run):
    ops = case_of_run(finished_run).network.ops
    assert [op.number for op in ops] == list(range(len(ops)))
    assert ops[0].from_data
    assert all(set(op.inputs) <= set(range(op.number)) for op in ops)
    assert all(op.inputs for op in ops[1:])
    assert ops[-2].layer == "output"


def test_the_layers_of_the_case_are_those_that_the_records_speak_of(finished_run):
    case = case_of_run(finished_run)
    recorded = case.steps[-1].layers.names
    assert recorded == tuple(op.layer for op in case.network.weights) == case.start.names


def test_nothing_serious_is_found_in_a_healthy_run(tmp_path):
    run = nw.fit("@breast-cancer", settings={"training.epochs": 30}, options=nw.FitOptions(runs=tmp_path))
    assert [finding.code for finding in diagnose(case_of_run(run.path))] == []


def test_deep_sigmoids_are_named_as_the_cause_of_a_flat_loss(deep_sigmoids):
    found = diagnose(case_of_run(deep_sigmoids))
    assert found[0].code == SIGMOIDS
    assert {finding.code for finding in found if finding.explained_by == SIGMOIDS} >= {"signal.vanishing-gradient"}


def test_a_rate_far_too_high_is_named_first(far_too_hot):
    found = diagnose(case_of_run(far_too_hot))
    assert found[0].code == HOT
    assert found[0].sketch is not None


def test_a_run_of_a_version_without_layer_statistics_is_still_read(run_copy):
    lines = (run_copy / "records.jsonl").read_text().splitlines(keepends=True)
    bare = [line if '"epoch","' in line else _without_layers(line) for line in lines]
    (run_copy / "records.jsonl").write_text("".join(bare))
    case = case_of_run(run_copy)
    assert all(step.layers is None for step in case.steps)
    diagnose(case)


def _without_layers(line: str) -> str:
    start = line.find(',"layers":')
    return line if start < 0 else line[:start] + line[line.index("},", start) + 1 :]


def test_a_run_without_records_says_so(run_copy):
    (run_copy / "records.jsonl").unlink()
    with pytest.raises(RunError, match=r"no steps were recorded"):
        case_of_run(run_copy)


def test_an_empty_log_says_so(run_copy):
    (run_copy / "records.jsonl").write_bytes(b"")
    with pytest.raises(RunError, match="holds no steps"):
        case_of_run(run_copy)


def test_an_unfinished_run_says_how_to_go_on(run_copy):
    info = json.loads((run_copy / "run.json").read_text())
    (run_copy / "run.json").write_text(json.dumps(info | {"stopped_because": ""}))
    with pytest.raises(RunError, match="go on with it"):
        case_of_run(run_copy)


@pytest.mark.parametrize("name", ["run.json", "schema.json", "records.jsonl", "evaluation.json"])
def test_a_damaged_file_is_named(run_copy, name):
    (run_copy / name).write_bytes(b"{broken\n")
    with pytest.raises(RunError, match=name):
        case_of_run(run_copy)


def test_a_run_that_diverged_before_its_first_epoch_is_diagnosed_from_its_records(tmp_path):
    settings = {"training.optimizer": "sgd", "training.learning_rate": 1e8, "training.clip_norm": None}
    plain = {"network.normalization": "none", "network.members": 1, "training.engine": "eager"}
    with pytest.raises(RunError, match="diverged"):
        fit_sick(tmp_path, "lost", {**settings, **plain})
    case = case_of_run(tmp_path / "lost")
    assert case.lost is not None
    assert diagnose(case)[0].code == HOT


def test_averaged_networks_leave_no_records_and_that_is_said(tmp_path):
    settings = {"training.epochs": 2, "ensemble.members": 2}
    run = nw.fit("@iris", settings=settings, options=nw.FitOptions(runs=tmp_path))
    assert of_training(run.findings) == ()
    with pytest.raises(RunError, match="many averaged networks"):
        run.diagnose()


def test_a_run_of_images_or_texts_says_which_rows_it_read(tmp_path):
    table = tmp_path / "said.csv"
    words = ["good fine great", "bad awful poor"]
    table.write_text("text,label\n" + "".join(f"{words[i % 2]} {i} again and more,{i % 2}\n" for i in range(80)))
    run = nw.fit(
        table, "label", settings={"training.epochs": 2, "schema.columns.text.kind": "text"},
        options=nw.FitOptions(runs=tmp_path),
    )  # fmt: skip
    assert case_of_run(run.path).rows.kind == "tokens"


def test_a_copied_run_is_diagnosed_alike(finished_run, tmp_path):
    copied = shutil.copytree(finished_run, tmp_path / "copied")
    assert case_of_run(copied).steps == case_of_run(finished_run).steps
