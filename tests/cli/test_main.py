"""The commands, from the outside."""

import json
import re

import polars as pl

from tests.conftest import QUICK, flowers_csv


def test_fit_shows_its_choices_and_ends_with_a_table(netwright, tmp_path):
    found = netwright("fit", "@breast-cancer", "--runs", tmp_path, *QUICK)
    assert found.code == 0, found.err
    assert "rows in 569 = used 569 + set aside 0" in found.out
    assert "training.learning_rate" in found.out
    assert "linear model" in found.out
    assert re.search(r"report\s+\S+report.html", found.out)
    assert (tmp_path / "breast-cancer-1" / "report.html").stat().st_size > 10_000


def test_fit_json_is_one_object(netwright, tmp_path):
    found = netwright("fit", "@iris", "--runs", tmp_path, "--json", *QUICK)
    answer = json.loads(found.out)
    assert answer["rows"] == {"in": 150, "used": 150, "rejected": 0}
    assert answer["task"] == "multiclass"
    assert answer["engine"] == "eager"  # so few steps are not worth loading compiled code
    assert set(answer["test"]["accuracy"]) == {"value", "low", "high"}
    assert set(answer["baselines"]) == {"majority", "linear model", "boosted trees"}
    assert set(answer["gains"]) == set(answer["baselines"])
    assert answer["seconds"] > 0
    assert isinstance(answer["findings"], list)


def test_the_engine_is_named_and_downstream_cannot_tell(netwright, tmp_path):
    arguments = ["fit", "@iris", "--runs", tmp_path, "--json", *QUICK]
    fused = json.loads(netwright(*arguments, "--engine", "fused").out)
    assert fused["engine"] == "fused"
    assert netwright("predict", fused["run"], "@iris", "-o", tmp_path / "a.csv").code == 0
    assert 'engine = "fused"' in (tmp_path / "iris-1" / "recipe.toml").read_text()


def test_rows_are_accounted_for(netwright, tmp_path):
    table = tmp_path / "t.csv"
    table.write_text(flowers_csv(100) + "1,2\n3,4,red,lily,5\n1,inf,red,rose\n1,2,red,\n")
    found = netwright("fit", table, "--target", "kind", "--runs", tmp_path, "--json", *QUICK)
    assert json.loads(found.out)["rows"] == {"in": 104, "used": 100, "rejected": 4}
    rejected = pl.read_csv(tmp_path / "t-1" / "rejected.csv")
    assert rejected["row"].to_list() == [101, 102, 103, 104]
    assert rejected.columns == ["row", "column", "value", "reason", "source"]


def test_predict_gives_one_row_for_each(netwright, run_copy, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "new.csv").write_text("colour,width,height\nred,1,2\nmauve,?,\n1,2\nblue,x,3\n")
    found = netwright("predict", run_copy, "new.csv")
    assert found.code == 0, found.err
    said = pl.read_csv(tmp_path / "new-predictions.csv")
    assert said.height == 4
    assert said["prediction"].is_null().to_list() == [False, False, True, False]
    assert "mauve" in found.err


def test_predict_writes_parquet_and_json(netwright, run_copy, tmp_path):
    (tmp_path / "new.csv").write_text("colour,width,height\nred,1,2\n")
    path = tmp_path / "answers.parquet"
    found = netwright("predict", run_copy, tmp_path / "new.csv", "-o", path, "--json")
    assert json.loads(found.out)["rows"] == {"in": 1, "out": 1, "unreadable": 0}
    assert pl.read_parquet(path).height == 1


def test_evaluate_and_show(netwright, run_copy, tmp_path):
    (tmp_path / "new.csv").write_text(flowers_csv(50))
    found = netwright("evaluate", run_copy, tmp_path / "new.csv", "--json")
    assert json.loads(found.out)["rows"] == {"in": 50, "used": 50, "rejected": 0}
    assert "accuracy" in netwright("evaluate", run_copy, tmp_path / "new.csv").out.lower()
    assert "network.hidden_sizes" in netwright("show", run_copy).out
    assert json.loads(netwright("show", run_copy, "--json").out)["task"] == "binary"
    shown = netwright("show", tmp_path / "new.csv", "--target", "kind").out
    assert "categorical" in shown
    assert "rows in 50" in shown


def test_resume_of_a_finished_run_changes_nothing(netwright, run_copy):
    before = (run_copy / "weights.safetensors").read_bytes()
    assert netwright("fit", "--resume", run_copy).code == 0
    assert (run_copy / "weights.safetensors").read_bytes() == before


def test_version_and_help(netwright):
    assert netwright("--version").out.startswith("netwright 0.")
    assert "netwright fit @breast-cancer" in netwright("fit", "--help").out
