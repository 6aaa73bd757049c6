"""preflight, treat and the doctor in fit, from the outside."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time

import pytest

from netwright.api import diagnose_script
from tests.conftest import flowers_csv

HOT = ["--set", "training.optimizer=sgd", "--set", "training.learning_rate=100", "--set", "training.epochs=12"]
HOT += ["--set", "evaluation.trees=false"]


@pytest.fixture
def hot(far_too_hot, tmp_path):
    return shutil.copytree(far_too_hot, tmp_path / "hot")


def files_of(run):
    return {path.name: path.read_bytes() for path in run.iterdir() if path.is_file() and path.name != "run.lock"}


def test_preflight_says_check_by_check_what_it_found(netwright, tmp_path):
    (tmp_path / "t.csv").write_text(flowers_csv(120))
    found = netwright("preflight", tmp_path / "t.csv", "--target", "kind")
    assert found.code == 0, found.err
    assert "one batch" in found.out
    assert "ready to train: 0 faults" in found.out


def test_preflight_as_json_has_a_verdict_evidence_and_remedy_for_each_check(netwright):
    found = netwright("preflight", "@iris", "--json")
    answer = json.loads(found.out)
    assert answer["ready"] is True
    assert {tuple(sorted(check)) for check in answer["checks"]} == {("found", "name", "remedy", "verdict")}


def test_preflight_of_a_column_that_is_not_there_exits_with_2(netwright):
    found = netwright("preflight", "@iris", "--target", "speces")
    assert found.code == 2
    assert "species" in found.err
    assert found.out == ""


def test_fit_says_what_is_wrong_and_stores_and_draws_it(netwright, hot):
    shown = netwright("show", hot, "--json")
    found = [finding for finding in json.loads(shown.out)["findings"] if finding["why"]]
    assert found[0]["code"] == "optimisation.rate-too-high"
    assert {finding["explained_by"] for finding in found[1:]} >= {"optimisation.rate-too-high"}
    page = (hot / "report.html").read_text()
    assert found[0]["title"] in page
    assert 'class="symptoms"' in page
    assert 'class="sketch"' in page


def test_treat_mends_a_rate_far_too_high_with_proof(netwright, hot):
    done = netwright("treat", hot, "--budget", "40s", "--json")
    assert done.code == 0, done.err
    answer = json.loads(done.out)
    treatment = answer["treatment"]
    assert treatment["kept"]
    assert treatment["after"] > treatment["before"] + 0.3
    kept = [row for row in treatment["rows"] if row["kept"]]
    assert kept
    assert all(len(row["scores"]) >= 3 and row["probability"] < 0.05 and row["over_random"] > 0 for row in kept)
    assert any(row["kind"] == "random change" for row in treatment["rows"])
    assert json.loads((hot / "treatment.json").read_text()) == treatment
    assert 'id="treatment"' in (hot / "report.html").read_text()
    assert "treatment of optimisation.rate-too-high" in (hot / "treated.toml").read_text()
    assert answer["recipe"] == str(hot / "treated.toml")


def test_treat_of_a_healthy_run_tries_nothing(netwright, tmp_path):
    assert netwright("fit", "@breast-cancer", "--quality", "fast", "--runs", tmp_path).code == 0
    run = tmp_path / "breast-cancer-1"
    before = files_of(run)
    done = netwright("treat", run, "--json")
    assert done.code == 0, done.err
    answer = json.loads(done.out)
    assert (answer["recipe"], answer["treatment"]["rows"], answer["treatment"]["healthy"]) == (None, [], True)
    changed = {name for name, content in files_of(run).items() if before.get(name) != content}
    assert changed <= {"treatment.json", "report.html", "findings.json"}


@pytest.mark.parametrize("damage", ["no folder", "no records", "other data"])
def test_treat_of_what_cannot_be_treated_exits_with_2_and_writes_nothing(netwright, hot, damage):
    if damage == "no records":
        (hot / "records.jsonl").unlink()
    if damage == "other data":
        info = json.loads((hot / "run.json").read_text())
        (hot / "run.json").write_text(json.dumps(info | {"fingerprint": "0"}))
    before = files_of(hot)
    done = netwright("treat", hot / "x" if damage == "no folder" else hot)
    assert done.code == 2
    assert done.out == ""
    assert len(done.err.strip().splitlines()) == 1
    assert files_of(hot) == before


def test_an_interrupted_treatment_leaves_the_run_as_it_was(hot):
    before = files_of(hot)
    command = [sys.executable, "-m", "netwright", "treat", str(hot), "--budget", "120s"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ)
    assert process.stderr is not None
    assert process.stderr.readline().startswith("tried: as it is")
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert out == ""
    assert files_of(hot) == before


def test_fit_with_treat_goes_on_with_what_is_proven(netwright, tmp_path):
    done = netwright("fit", "@digits", "--quality", "fast", "--runs", tmp_path, "--treat", "--json", *HOT)
    assert done.code == 0, done.err
    answer = json.loads(done.out)
    assert answer["run"] == str(tmp_path / "digits-1-treated")
    assert answer["test"]["accuracy"]["value"] > 0.5
    assert answer["treatment"]["subject"] == "digits-1"


def test_a_healthy_fit_is_not_treated(netwright, tmp_path):
    done = netwright("fit", "@breast-cancer", "--quality", "fast", "--runs", tmp_path, "--treat")
    assert done.code == 0, done.err
    assert "nothing to treat" in done.out
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == ["breast-cancer-1"]


def test_a_forecast_is_not_treated_and_that_is_said(netwright, tmp_path):
    table = tmp_path / "s.csv"
    table.write_text("v\n" + "\n".join(str(k % 7) for k in range(300)) + "\n")
    done = netwright("fit", table, "--horizon", "5", "--treat", "--runs", tmp_path)
    assert done.code == 2
    assert "a forecast" in done.err


SCRIPT = """
import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(0)
x, y = load_digits(return_X_y=True)
x, y = torch.tensor(x / 16, dtype=torch.float32)[:600], torch.tensor(y)[:600]
model = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10), nn.Softmax(dim=1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(8):
    for rows in torch.randperm(600).split(30):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x[rows]), y[rows]).backward()
        optimizer.step()
"""


def test_a_script_is_treated_on_what_was_seen_of_it(tmp_path):
    (tmp_path / "train.py").write_text(SCRIPT)
    done = diagnose_script(tmp_path / "train.py", seconds=0.0, treat=8.0)
    assert done.findings[0].code == "objective.softmax-before-cross-entropy"
    assert done.treatment is not None
    assert done.treatment.kept[0] in {("head", "identity"), ("pairing", "auto")}
    assert done.treatment.after > done.treatment.before + 0.2
    assert done.treatment.after > done.treatment.rows[0].mean


def test_a_treatment_stands_in_the_json_too(netwright, tmp_path):
    (tmp_path / "train.py").write_text(SCRIPT)
    done = netwright("diagnose", tmp_path / "train.py", "--no-probe", "--treat", "--budget", "2s", "--json")
    assert done.code == 0, done.err
    answer = json.loads(done.out)
    assert answer["treatment"]["rows"][0]["kind"] == "as it is"
    assert answer["untreated"] == ""


def test_treat_is_for_scripts_and_runs_have_a_command_of_their_own(netwright, hot):
    done = netwright("diagnose", str(hot), "--treat")
    assert done.code == 2
    assert f"netwright treat {hot}" in done.err.replace("\n", " ")


def test_diagnose_of_a_file_that_is_no_script_exits_with_2(netwright, tmp_path):
    (tmp_path / "rows.csv").write_text(flowers_csv(20))
    done = netwright("diagnose", tmp_path / "rows.csv")
    assert done.code == 2
    assert "ends in .py" in done.err.replace("\n", " ")
    assert done.out == ""
