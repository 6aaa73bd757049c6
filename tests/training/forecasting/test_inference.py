"""A stored run forecasts what comes next, refuses what it cannot read, and is measured on other rows."""

import shutil
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import netwright as nw
from netwright.core.errors import ContractError, NetwrightError, RecipeError, RunError
from tests.data.series.series_tables import hourly
from tests.training.forecasting.small_series import QUICK, small

SETTINGS = {"windows.lookback": 24, "training.threads": 1, "training.epochs": 3}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return nw.forecast(small(), 6, settings=SETTINGS, options=nw.FitOptions(runs=tmp_path_factory.mktemp("runs")))


def test_the_next_rows_follow_the_last(run):
    frame = run.predict(small())
    assert frame.columns == ["date", "step", "c0", "c0_low", "c0_high", "c1", "c1_low", "c1_high"]
    assert frame["step"].to_list() == list(range(1, 7))
    last = np.datetime64(small()["date"][-1].replace(" ", "T"))
    assert frame["date"].to_list() == [(last + np.timedelta64(k, "h")).astype(object) for k in range(1, 7)]
    assert (frame["c0_low"] <= frame["c0"]).all()
    assert (frame["c0"] <= frame["c0_high"]).all()


def test_forecasts_are_close_to_what_comes(run):
    came = small(406)
    said = run.predict(came[:400])
    for name, size in (("c0", 1.0), ("c1", 2.0)):
        error = np.abs(said[name].to_numpy() - came[name].to_numpy()[400:])
        assert error.mean() < 0.4 * size


def test_only_the_rows_of_the_look_back_are_read(run):
    shown = small()
    assert run.predict(shown).equals(run.predict(shown[-24:]))
    assert run.predict(shown).equals(run.predict(shown.sample(fraction=1.0, shuffle=True, seed=0)))


def test_a_wider_coverage_has_wider_intervals(run):
    narrow, wide = (run.predict(small(), coverage) for coverage in (0.5, 0.95))
    assert (wide["c0_high"] >= narrow["c0_high"]).all()
    assert narrow["c0"].equals(wide["c0"])
    with pytest.raises(RecipeError, match=r"--coverage: expected one of 0\.5, 0\.8"):
        run.predict(small(), 0.42)


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        (small(23), "expected at least 24 rows, which is what the run reads .* got 23"),
        (small().drop("c1"), "column 'c1' to forecast, found none"),
        (small().drop("date"), "column of time called 'date', found none"),
        (small().with_columns(c1=pl.lit("high")), "expected numbers in the column 'c1'"),
    ],
)
def test_rows_that_do_not_fit_are_refused(run, frame, said):
    with pytest.raises(NetwrightError, match=said):
        run.predict(frame)


def test_a_loaded_run_says_the_same(run):
    again = nw.load(run.path)
    assert repr(again) == f"ForecastRun({str(run.path)!r})"
    assert again.predict(small()).equals(run.predict(small()))
    assert again.evaluation == run.evaluation


def test_later_rows_are_measured_window_by_window(run):
    found = run.evaluate(small(80, seed=5))
    assert found.windows == 80 - 24 - 6 + 1
    assert found.metrics["mse"].value < found.baselines["repeat the last value"]["mse"]
    with pytest.raises(ContractError, match="expected at least 30 rows in a series"):
        run.evaluate(small(29))


def test_the_same_rows_are_measured_as_in_the_run(run):
    rows = small()[320 - 24 :]  # the test rows, and what is read before them
    found = run.evaluate(rows)
    assert found.windows == run.evaluation.windows
    assert found.metrics["mse"].value == pytest.approx(run.evaluation.metrics["mse"].value, rel=1e-5)
    assert found.covered == pytest.approx(run.evaluation.covered, abs=1e-6)


def test_series_are_forecast_each_by_its_own_scale(tmp_path):
    frames = [hourly(200, seed=k).with_columns(pl.col("c0") * 1000.0**k, shop=pl.lit(f"s{k}")) for k in range(2)]
    settings = SETTINGS | {"data.group": "shop"}
    run = nw.forecast(pl.concat(frames), 6, settings=settings, options=nw.FitOptions(runs=tmp_path))
    found = run.predict(pl.concat(frames))
    assert found["shop"].to_list() == ["s0"] * 6 + ["s1"] * 6
    assert found["c0"][:6].abs().max() < 10 < found["c0"][6:].abs().max()
    new = frames[0].with_columns(shop=pl.lit("new"))
    notes = run.predictions(new).notes
    assert "1 series that training did not see ('new')" in notes[-1].evidence
    assert np.allclose(run.predict(new)["c0"], found["c0"][:6], atol=0.5)
    short = pl.concat([frames[0], frames[1][:10]])
    with pytest.raises(ContractError, match="expected at least 24 rows of the series 's1'"):
        run.predict(short)


def test_rows_without_a_time_are_counted_on(tmp_path):
    run = nw.forecast(small().drop("date"), 6, settings=SETTINGS, options=nw.FitOptions(runs=tmp_path))
    assert run.predict(small().drop("date")).columns[:2] == ["step", "c0"]


def test_one_column_can_be_forecast(tmp_path):
    run = nw.forecast(small(), 6, "c1", settings=SETTINGS, options=nw.FitOptions(runs=tmp_path))
    assert run.summary.schema.channels == ("c1",)
    assert run.predict(small()[["date", "c1"]]).columns == ["date", "step", "c1", "c1_low", "c1_high"]


DAMAGE = {
    "schema.json": (lambda text: text.replace('"horizon": 6', '"horizon": 0'), "horizon: expected 1 to"),
    "calibration.json": (lambda text: '{"windows": 3, "coverage": 0.9, "reach": []}', "a number for each step"),
    "contest.json": (lambda text: text.replace('"chosen": [', '"chosen": ["nonsense", '), "expected networks of"),
    "weights.safetensors": (lambda text: "", "is damaged"),
    "evaluation.json": (lambda text: text[:-20], "is damaged"),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_a_damaged_run_is_refused_in_a_sentence(run, tmp_path, name):
    folder = Path(shutil.copytree(run.path, tmp_path / "copy"))
    spoil, said = DAMAGE[name]
    content = b"" if name.endswith("safetensors") else (folder / name).read_text()
    (folder / name).write_text(spoil(content))
    broken = nw.load(folder)
    with pytest.raises(RunError, match=said):
        _ = broken.summary if name == "evaluation.json" else broken.model


def test_a_table_s_fit_points_to_forecasts():
    with pytest.raises(RecipeError, match=r"netwright.forecast\(source, horizon\)"):
        nw.fit(small(), settings={"data.horizon": 6} | QUICK)
