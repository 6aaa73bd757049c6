"""--ensemble, --folds and --learning-curve, from the outside."""

import json

import polars as pl

from tests.conftest import QUICK, flowers_csv

MANY = ["--ensemble", "2", "--folds", "3", "--learning-curve"]


def test_one_command_trains_them_all_and_says_what_they_are_worth(netwright, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.csv").write_text(flowers_csv(150))
    found = netwright("fit", "t.csv", "--target", "kind", *QUICK, *MANY)
    assert found.code == 0, found.err
    assert "3 folds 120, test 30" in found.out
    assert "Accuracy of 6 networks" in found.out
    assert "Accuracy over 3 folds" in found.out
    assert "more rows?" in found.out
    assert "6 networks are averaged" in found.out
    assert netwright("predict", "runs/t-1", "t.csv", "-o", "said.csv").code == 0
    assert pl.read_csv("said.csv").height == 150
    assert netwright("evaluate", "runs/t-1", "t.csv").code == 0
    shown = netwright("show", "runs/t-1")
    assert "Accuracy over 3 folds" in shown.out
    page = (tmp_path / "runs/t-1/report.html").read_text()
    assert "<b>Folds</b>" in page
    assert "<b>By training rows</b>" in page


def test_json_holds_every_member(netwright, tmp_path):
    found = netwright("fit", "@iris", "--runs", tmp_path, "--json", *QUICK, *MANY)
    answer = json.loads(found.out)
    assert [member["number"] for member in answer["ensemble"]["members"]] == [1, 2, 3, 4, 5, 6]
    assert len(answer["ensemble"]["cross_validation"]["folds"]) == 3
    assert answer["ensemble"]["value"] == answer["test"]["accuracy"]["value"]
    assert len(answer["learning_curve"]["points"]) >= 3
    assert answer["split"] == {"3 folds": 120, "test": 30}
    shown = json.loads(netwright("show", answer["run"], "--json").out)
    assert shown["ensemble"] == answer["ensemble"]


def test_a_resume_of_a_finished_ensemble_changes_nothing(netwright, tmp_path):
    netwright("fit", "@iris", "--runs", tmp_path, "--folds", "2", *QUICK)
    run = tmp_path / "iris-1"
    before = (run / "weights.safetensors").read_bytes()
    assert netwright("fit", "--resume", run).code == 0
    assert (run / "weights.safetensors").read_bytes() == before
