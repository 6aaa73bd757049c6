"""What a run says on the test rows, it says again after loading: temperature, threshold, sets and slices."""

import json

import numpy as np
import polars as pl
import pytest

import netwright as nw
from netwright.core.errors import RecipeError
from netwright.training.evaluation.conformal import conformal_quantile
from netwright.training.inference import load_model
from netwright.training.run_directory import StoredEvaluation, read_part

QUICK = {"training.threads": 1, "training.engine": "eager", "training.weight_decay": 0.0, "network.dropout": 0.0}


def table(rows, task, seed=0):
    """Noisy targets that a network without any restraint learns by heart."""
    chance = np.random.default_rng(seed)
    x, group = chance.normal(size=(rows, 4)), chance.integers(0, 3, rows)
    score = x[:, 0] + np.where(group == 1, 3.0, 1.0) * chance.normal(size=rows)
    target = {"binary": np.where(score > 0.8, "yes", "no"), "regression": score}
    target |= {"multiclass": np.array(["low", "mid", "top"])[np.digitize(score, [-0.7, 0.7])]}
    columns = {f"x{k}": x[:, k] for k in range(4)} | {"group": np.array(["a", "b", "c"])[group]}
    return pl.DataFrame(columns | {"y": target[task]})


@pytest.fixture(scope="module", params=["binary", "multiclass", "regression"])
def trained(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("trust")
    table(1200, request.param).write_csv(folder / "train.csv")
    table(700, request.param, seed=1).write_csv(folder / "test.csv")
    metric = {"evaluation.metric": "f1"} if request.param == "binary" else {}
    settings = QUICK | metric | {"training.epochs": 12, "training.monitor": "metric"}
    options = nw.FitOptions(runs=folder)
    return nw.fit(folder / "train.csv", "y", test=str(folder / "test.csv"), settings=settings, options=options), folder


def test_a_loaded_run_says_of_the_test_rows_what_the_run_said(trained):
    run, folder = trained
    again = nw.load(run.path).evaluate(str(folder / "test.csv"))
    stored = read_part(run.path, "evaluation.json", StoredEvaluation)
    assert again.headline == stored.evaluation.headline
    for name, measure in stored.evaluation.metrics.items():
        assert again.metrics[name].value == pytest.approx(measure.value, rel=1e-9), name
        assert again.metrics[name].low == pytest.approx(measure.low, rel=1e-9), name


def test_predictions_of_a_loaded_run_follow_temperature_threshold_and_quantile(trained):
    run, folder = trained
    model, test = load_model(run.path), pl.read_csv(folder / "test.csv")
    found = run.predict(str(folder / "test.csv"), coverage=0.9)
    measured = run.summary.diagnostics.coverage
    if model.schema.task == "regression":
        held = ((test["y"] >= found["low"]) & (test["y"] <= found["high"])).mean()
        assert (found["high"] - found["low"]).mean() == pytest.approx(measured.every.size)
    else:
        held = np.mean([y in kept for y, kept in zip(test["y"], found["set"], strict=True)])
        assert np.mean([len(kept) for kept in found["set"]]) == pytest.approx(measured.every.size)
    assert held == pytest.approx(measured.every.covered.value)
    if model.schema.task == "binary":
        said = np.where(found["probability_yes"].to_numpy() > model.calibration.threshold, "yes", "no")
        assert found["prediction"].to_list() == said.tolist()
        assert model.calibration.threshold != 0.5


def test_the_run_says_what_it_chose(trained):
    run, _ = trained
    calibration, choices = run.summary.calibration, {choice.name: choice for choice in run.summary.choices}
    if run.schema.task == "regression":
        assert calibration.temperature == 1.0
        return
    assert choices["evaluation.temperature"].value == round(calibration.temperature, 4)
    diagnostics = run.summary.diagnostics
    if calibration.temperature != 1.0:
        assert "log loss" in calibration.temperature_reason
        assert diagnostics.reliability_before
        assert diagnostics.calibration_error_before.value > 0
    if run.schema.task == "binary":
        assert "f1" in choices["evaluation.threshold"].reason


def test_slices_find_the_group_with_the_noise(trained):
    run, _ = trained
    slices = run.summary.diagnostics.slices
    assert slices.looked_at == 3
    assert slices.shown[0].value == "b"


def test_coverage_on_a_file_is_json_or_two_ends(trained, netwright, tmp_path):
    run, folder = trained
    path = tmp_path / "said.csv"
    assert netwright("predict", run.path, folder / "test.csv", "-o", path, "--coverage", "0.8").code == 0
    said = pl.read_csv(path)
    if run.schema.task == "regression":
        assert (said["low"] < said["prediction"]).all()
        assert (said["prediction"] < said["high"]).all()
    else:
        assert all(set(json.loads(cell)) <= set(run.schema.classes) for cell in said["set"])
    refused = netwright("predict", run.path, folder / "test.csv", "-o", path, "--coverage", "0.3")
    assert refused.code == 2
    assert "whole percentage" in refused.err


def test_the_quantiles_are_those_of_the_validation_rows(trained):
    run, _ = trained
    calibration = run.summary.calibration
    assert calibration.rows == run.summary.split["validation"]
    assert calibration.quantile(0.9) == calibration.quantiles[40]
    assert conformal_quantile(np.array([]), 0.9) is None


def test_folds_calibrate_on_every_row_out_of_fold(tmp_path):
    table(400, "binary").write_csv(tmp_path / "t.csv")
    settings = QUICK | {"training.epochs": 3, "ensemble.folds": 3}
    run = nw.fit(tmp_path / "t.csv", "y", settings=settings, options=nw.FitOptions(runs=tmp_path))
    assert run.summary.calibration.rows == run.summary.split["3 folds"]


def test_few_rows_promise_nothing_and_say_so(tmp_path):
    table(60, "multiclass").write_csv(tmp_path / "t.csv")
    settings = QUICK | {"training.epochs": 2, "evaluation.coverage": 0.95, "evaluation.trees": False}
    run = nw.fit(tmp_path / "t.csv", "y", settings=settings, options=nw.FitOptions(runs=tmp_path))
    assert run.summary.calibration.temperature == 1.0
    assert run.evaluation.skipped == {"boosted trees": "evaluation.trees is off"}
    found = run.predictions(str(tmp_path / "t.csv"), 0.95)
    assert all(len(kept) == 3 for kept in found.frame["set"])
    assert "too few" in found.notes[-1].evidence


def test_a_metric_of_another_task_is_refused_before_anything_is_written(tmp_path):
    table(60, "regression").write_csv(tmp_path / "t.csv")
    with pytest.raises(RecipeError, match=r"evaluation.metric: expected one of rmse"):
        nw.fit(tmp_path / "t.csv", "y", settings={"evaluation.metric": "f1"}, options=nw.FitOptions(runs=tmp_path))
    assert not (tmp_path / "t-1").exists()
