"""`netwright fit --horizon` and what the other commands make of such a run."""

import json

import polars as pl
import pytest

from tests.data.series.series_tables import hourly

FEW = ["--set", "windows.lookback=24", "--set", "training.epochs=2", "--set", "training.threads=1"]


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "hours.csv"
    hourly(300, channels=2).write_csv(path)
    return path


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    import netwright as nw

    folder = tmp_path_factory.mktemp("cli")
    settings = {"windows.lookback": 24, "training.epochs": 2, "training.threads": 1}
    return nw.forecast(hourly(300, channels=2), 6, settings=settings, options=nw.FitOptions(runs=folder)).path


def test_fit_shows_the_series_the_errors_and_what_to_do_next(netwright, table, tmp_path):
    found = netwright("fit", table, "--horizon", 6, "--time", "date", *FEW, "--runs", tmp_path / "runs")
    assert found.code == 0, found.err
    assert "rows in 300 = used 300 + set aside 0; train 210, validation 30, test 60" in " ".join(found.out.split())
    for said in ("seasonal", "ridge,", "intervals", "backtest", "netwright predict"):
        assert said in " ".join(found.out.split()), said  # a long path moves the line breaks
    assert (tmp_path / "runs" / "hours-1" / "report.html").exists()


def test_fit_prints_json_and_takes_targets_more_than_once(netwright, table, tmp_path):
    targets = ["--target", "c1", "--target", "c0"]
    found = netwright("fit", table, "--horizon", 6, *targets, *FEW, "--runs", tmp_path, "--json")
    said = json.loads(found.out)
    assert said["channels"] == ["c1", "c0"]
    assert (said["horizon"], said["lookback"], said["period"]) == (6, 24, 24)
    assert said["rows"] == {"in": 300, "used": 300, "rejected": 0}
    assert len(said["by_step"]) == 6


def test_a_recipe_s_file_is_a_forecast_s(netwright, stored, table, tmp_path):
    found = netwright("fit", table, "--recipe", stored / "recipe.toml", "--runs", tmp_path, "--json")
    assert json.loads(found.out)["task"] == "forecast"


@pytest.mark.parametrize("name", ["naive", "dlinear"])
def test_a_recipe_can_be_named(netwright, table, tmp_path, name):
    found = netwright("fit", table, "--horizon", 6, "--recipe", name, *FEW, "--runs", tmp_path, "--json")
    assert json.loads(found.out)["contest"]["chosen"] == [name]


def test_predict_writes_the_next_rows(netwright, stored, table, tmp_path):
    path = tmp_path / "next.csv"
    found = netwright("predict", stored, table, "-o", path)
    assert "300 rows in, 6 steps ahead out" in found.out
    frame = pl.read_csv(path)
    assert frame["date"][0].startswith("2024-01-13 12:00:00")
    assert frame.columns[1:5] == ["step", "c0", "c0_low", "c0_high"]
    assert json.loads(netwright("predict", stored, table, "-o", path, "--json").out)["rows"]["out"] == 6


def test_evaluate_and_show(netwright, stored, table):
    assert "271 windows" in " ".join(netwright("evaluate", stored, table).out.split())
    assert json.loads(netwright("evaluate", stored, table, "--json").out)["windows"] == 271
    shown = netwright("show", stored)
    assert "windows.lookback" in shown.out
    assert json.loads(netwright("show", stored, "--json").out)["run"] == str(stored)


def test_a_finished_run_is_not_trained_again(netwright, stored):
    weights = (stored / "weights.safetensors").stat().st_mtime_ns
    assert netwright("fit", "--resume", stored).code == 0
    assert (stored / "weights.safetensors").stat().st_mtime_ns == weights


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--horizon", "0"], "--horizon: expected a number of rows from 1"),
        (["--horizon", "6", "--folds", "5"], "--folds: expected no such option beside --horizon"),
        (["--horizon", "6", "--test", "x.csv"], "--test: expected no such option"),
        (["--horizon", "6", "--target", "c9"], "expected a column 'c9' to forecast, found none; did you mean 'c"),
        (["--horizon", "6", "--time", "c0"], "expected dates or whole numbers in the column of time 'c0'"),
        (["--horizon", "6", "--recipe", "nlinaer"], "did you mean 'nlinear'"),
        (["--horizon", "250"], "bring more rows, or lower --horizon"),
    ],
)
def test_mistakes_are_said_in_one_sentence(netwright, table, tmp_path, options, said):
    found = netwright("fit", table, *options, "--runs", tmp_path / "runs")
    assert found.code == 2
    assert said in found.err
    assert found.err.count("\n") == 1
    assert not (tmp_path / "runs").exists()
