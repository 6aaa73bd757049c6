"""A forecasting run from a table to its directory, every row accounted for, and the same again after a kill."""

import csv
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from netwright.core.errors import Interrupted, RecipeError, RunError, SchemaError
from netwright.core.interrupts import StopSignal
from netwright.training.forecasting.inference import load_forecaster
from netwright.training.forecasting.recipes import FORECASTERS, Facts, settings_of
from netwright.training.forecasting.stage import ForecastListener
from netwright.training.forecasting.summary import summarise_forecast
from netwright.training.records import read_records
from netwright.training.settings import read_recipe
from tests.training.forecasting.small_series import OFTEN, ONE, QUICK, SLOW, job, resumed, small

SAME = ("weights.safetensors", "calibration.json", "evaluation.json", "schema.json", "split.json", "recipe.toml")


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("series")
    frame = pl.concat([small()[:50], small()[53:], small()[10:11]])
    return job(frame, folder, QUICK | {"training.epochs": 4, "split.borders": [250, 60, 60]})


def test_a_run_has_its_files(run):
    files = {path.name for path in run.iterdir()}
    assert files >= {*SAME, "records.jsonl", "run.log", "run.json", "rejected.csv", "contest.json", "findings.json"}
    assert not (run / "members").exists()


def test_every_row_is_used_or_set_aside(run):
    summary = summarise_forecast(run)
    assert summary.rows.total == 398
    assert summary.rows.used == sum(summary.split.values()) == 370
    with (run / "rejected.csv").open() as file:
        rejected = list(csv.DictReader(file))
    assert len(rejected) == summary.rows.rejected == 28
    assert "of this time already" in rejected[0]["reason"]
    assert "last of split.borders" in rejected[-1]["reason"]


def test_gaps_stand_among_the_findings(run):
    assert "1 gap " in summarise_forecast(run).findings[0].evidence


def test_a_season_is_learnt_better_than_repeating_the_last_value(run):
    evaluation = summarise_forecast(run).evaluation
    assert evaluation.metrics["mse"].value < 0.5 * evaluation.baselines["repeat the last value"]["mse"]
    assert set(evaluation.baselines) == {"repeat the last value", "seasonal naive", "ridge, closed form"}
    assert [step.step for step in evaluation.steps] == list(range(1, 7))
    assert len(evaluation.backtest.origins) > 5
    assert np.isclose(np.mean([step.mse for step in evaluation.steps]), evaluation.metrics["mse"].value)
    assert np.isclose(np.mean([one.mse for one in evaluation.channels]), evaluation.metrics["mse"].value)
    assert 0.6 < evaluation.covered <= 1.0


def test_the_recipe_says_what_was_found_and_why(run):
    text = (run / "recipe.toml").read_text()
    tree = read_recipe(run / "recipe.toml")
    assert tree["data"]["target"] == ["c0", "c1"]
    assert tree["windows"] == {"lookback": 24, "period": 24, "quantiles": []}
    assert "period = 24 # the autocorrelation" in text
    assert 'time = "date" # ' in text


def test_the_recipe_repeats_the_run(run, tmp_path):
    from netwright.api import FitOptions, forecast_tree

    frame = pl.concat([small()[:50], small()[53:], small()[10:11]])
    options = FitOptions(runs=tmp_path, name="again", recipe=run / "recipe.toml")
    again = forecast_tree(frame, {}, options, ForecastListener())
    assert (again.path / "weights.safetensors").read_bytes() == (run / "weights.safetensors").read_bytes()
    assert again.report.read_text().startswith("<!doctype html>")


@pytest.mark.parametrize("name", FORECASTERS)
def test_every_recipe_trains_and_is_loaded_again(tmp_path, name):
    settings = {"preset.recipe": name, "training.epochs": 1, "training.threads": 1, "windows.lookback": 24}
    folder = job(small(150, channels=1), tmp_path, settings)
    model = load_forecaster(folder)
    assert list(model.network.members) == [name]
    assert np.isfinite(summarise_forecast(folder).evaluation.metrics["mse"].value)


@pytest.mark.parametrize("name", ["nlinear", "patchtst", "gru"])
def test_quantiles_are_forecast(tmp_path, name):
    settings = {"preset.recipe": name, "windows.quantiles": [0.1, 0.5, 0.9], "windows.lookback": 24}
    folder = job(small(150, channels=1), tmp_path, settings | {"training.epochs": 1, "training.threads": 1})
    assert load_forecaster(folder).network.members[name].spec.outputs == 3
    assert summarise_forecast(folder).evaluation.covered > 0.5


def stopped_at(step):
    stop = StopSignal()

    def watch(record):
        if record.kind == "step" and record.step >= step:
            stop(signal.SIGTERM, None)

    return ForecastListener(observers=(watch,), stop=stop)


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "series.csv"
    small(300).write_csv(path)
    return path


def without_clock(folder):
    return [
        replace(record, seconds=0.0) if record.kind == "epoch" else record
        for record in read_records(folder / "records.jsonl")
    ]


@pytest.mark.parametrize("step", [1, 4, 5])
def test_a_stopped_run_goes_on_bit_for_bit(tmp_path, table, step):
    whole = job(table, tmp_path, SLOW, name="whole")
    with pytest.raises(Interrupted, match="fit --resume"):
        job(table, tmp_path, SLOW, stopped_at(step), name="stopped")
    again = resumed(tmp_path / "stopped")
    for name in SAME:
        assert (again / name).read_bytes() == (whole / name).read_bytes(), name
    assert without_clock(again) == without_clock(whole)


def test_a_run_that_is_stopped_between_recipes_goes_on_bit_for_bit(tmp_path, table):
    settings = QUICK | {"preset.contenders": ["dlinear", "fits"]}
    whole = job(table, tmp_path, settings, name="whole")
    stop, trained = StopSignal(), []

    def begin(name):
        trained.append(name)
        if name == "fits":
            stop(signal.SIGINT, None)

    with stop.deferred(), pytest.raises(Interrupted):
        job(table, tmp_path, settings, ForecastListener(stop=stop, training=begin), name="stopped")
    trained.clear()
    again = resumed(tmp_path / "stopped", ForecastListener(training=trained.append))
    assert trained == ["nlinear", "fits"]  # the first is read from its checkpoint, dlinear from its file
    for name in SAME:
        assert (again / name).read_bytes() == (whole / name).read_bytes(), name


KILLED = """
import sys
from pathlib import Path
from tests.training.forecasting.small_series import OFTEN, job
job(Path(sys.argv[1]), Path(sys.argv[2]), OFTEN, name="killed")
"""


def test_being_killed_changes_no_bit(tmp_path, table):
    whole = job(table, tmp_path, OFTEN, name="whole")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    process = subprocess.Popen([sys.executable, "-c", KILLED, str(table), str(tmp_path)], env=environment)
    until = time.monotonic() + 100
    while not (tmp_path / "killed" / "checkpoints").exists() and process.poll() is None and time.monotonic() < until:
        time.sleep(0.002)
    process.kill()
    process.wait()
    assert not (tmp_path / "killed" / "evaluation.json").exists()
    again = resumed(tmp_path / "killed")
    for name in SAME:
        assert (again / name).read_bytes() == (whole / name).read_bytes(), name


def test_changed_data_or_recipe_cannot_go_on(tmp_path, table):
    with pytest.raises(Interrupted):
        job(table, tmp_path, SLOW, stopped_at(2), name="stopped")
    small(301).write_csv(table)
    with pytest.raises(RunError, match="changed since"):
        resumed(tmp_path / "stopped")
    small(300).write_csv(table)
    recipe = tmp_path / "stopped" / "recipe.toml"
    recipe.write_text(recipe.read_text().replace("epochs = 2", "epochs = 3"))
    with pytest.raises(RunError, match="was edited"):
        resumed(tmp_path / "stopped")


@pytest.mark.parametrize(
    ("settings", "error", "said"),
    [
        ({"data.horizon": 0}, RecipeError, "--horizon: expected a number of rows from 1"),
        ({"windows.lookback": -3}, RecipeError, "windows.lookback"),
        ({"windows.quantiles": [0.9, 0.5, 0.1]}, RecipeError, "rising shares"),
        ({"windows.quantiles": [0.1, 0.9]}, RecipeError, "odd number"),
        ({"evaluation.coverage": 0.7}, RecipeError, "evaluation.coverage: expected one of"),
        ({"preset.recipe": "nlinaer"}, RecipeError, "did you mean 'nlinear'"),
        ({"preset.quality": "good"}, RecipeError, "--quality: expected one of fast"),
        ({"preset.recipe": "ridge", "windows.quantiles": [0.1, 0.5, 0.9]}, RecipeError, "forecasts one value"),
        ({"network.kernle": 3}, RecipeError, "did you mean 'kernel'"),
        ({"windows.lookback": 500}, SchemaError, r"need a series of at least 724 rows .* the longest has 400"),
        ({"split.borders": [20, 6, 6]}, SchemaError, r"need split.borders of at least 30, 6 and 6"),
        ({"data.horizon": 200}, SchemaError, r"at least 2,001 rows"),
        ({"data.time": "c0"}, SchemaError, "expected dates or whole numbers in the column of time 'c0'"),
        ({"data.target": ["date"]}, SchemaError, "expected numbers in the column 'date'"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_written(tmp_path, settings, error, said):
    with pytest.raises(error, match=said):
        job(small(), tmp_path, QUICK | settings)
    assert not list(tmp_path.iterdir())


def test_series_that_no_column_tells_apart_are_pointed_at(tmp_path):
    both = pl.concat([small(200), small(200, seed=1)])
    with pytest.raises(SchemaError, match="with --group"):
        job(both, tmp_path, QUICK)


def test_too_few_validation_windows_are_said_and_promise_nothing(tmp_path):
    folder = job(small(120), tmp_path, ONE)  # 12 validation rows
    summary = summarise_forecast(folder)
    assert "7 validation windows are too few" in next(
        finding.evidence for finding in summary.findings if finding.code == "series.few-windows"
    )
    assert summary.evaluation.covered is None
    assert summary.evaluation.steps[0].covered is None
    assert set(summary.evaluation.examples[0].low) == {None}


def test_few_windows_are_learnt_from_for_more_epochs():
    few, many = (dict(settings_of_name("nlinear", windows)) for windows in (64, 8000))
    assert few["training.epochs"] == 750
    assert many["training.epochs"] == 10


def settings_of_name(name, windows):
    return [(choice.name, choice.value) for choice in settings_of(name, Facts(windows, 1, 24, 6))]


def test_epochs_that_are_asked_for_are_those_of_every_recipe(tmp_path):
    tree = read_recipe(job(small(150), tmp_path, QUICK) / "recipe.toml")
    assert {kind["training"]["epochs"] for kind in (tree, *tree["contenders"].values())} == {2}


def test_many_series_are_forecast_by_one_network(tmp_path):
    frames = [small(200, seed=k).with_columns(pl.col("c0") * 100.0**k, shop=pl.lit(f"s{k}")) for k in range(3)]
    folder = job(pl.concat(frames), tmp_path, ONE | {"data.group": "shop"})
    summary = summarise_forecast(folder)
    assert [fact.name for fact in summary.schema.series] == ["s0", "s1", "s2"]
    assert summary.evaluation.windows == sum(fact.test - 6 + 1 for fact in summary.schema.series)
    times = [origin.time for origin in summary.evaluation.backtest.origins]
    assert times == sorted(times)
    assert summary.evaluation.metrics["mse"].value < summary.evaluation.baselines["repeat the last value"]["mse"]
