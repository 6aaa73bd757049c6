"""Runs on time series: read, trained, measured beside simple models, stored, resumed and read back."""

import signal

import numpy as np
import pytest

import netwright as nw
from netwright.api import settings_tree
from netwright.core.errors import Interrupted
from netwright.core.interrupts import StopSignal
from netwright.core.values import InputSpec, SeriesInput
from netwright.data import Prepared
from netwright.training.evaluation.series_baselines import flat_values, nearest
from netwright.training.job import resume_job, run_job
from netwright.training.stage import Listener, Request
from tests.data.sources.series import made

SMALL = {"network.series_kernels": 336, "training.threads": 1}
LEARNT = {"fcn": {"network.series_widths": [12, 12]}, "inception": {"network.series_filters": 4}}
LEARNT |= {"gru_series": {"network.series_units": 8}, "lstm_series": {"network.series_units": 8}}


@pytest.fixture(scope="module")
def forms(tmp_path_factory):
    """Training series of two lengths, and test series of others; do not change them."""
    folder = tmp_path_factory.mktemp("series")
    made.write_ts(folder / "Forms_TRAIN.ts", each=16, lengths=(48, 40))
    made.write_ts(folder / "Forms_TEST.ts", each=20, first=500, lengths=(48, 33, 60))
    return folder


def job(folder, runs, settings, listener=None, **data):
    paths = {"source": str(folder / "Forms_TRAIN.ts"), "test": str(folder / "Forms_TEST.ts")}
    tree = settings_tree({"data": paths | data}, SMALL | settings)
    return run_job(Request(tree, runs=runs, name="job"), listener or Listener())


@pytest.fixture(scope="module")
def run(forms, tmp_path_factory):
    """A run with nothing set but a few kernels; do not change it."""
    options = nw.FitOptions(runs=tmp_path_factory.mktemp("runs"))
    paths = [str(forms / f"Forms_{part}.ts") for part in ("TRAIN", "TEST")]
    return nw.fit(paths[0], test=paths[1], settings=SMALL, options=options)


def test_few_series_are_learnt_by_networks_that_each_leave_a_fifth_out(run):
    assert run.evaluation.metrics["accuracy"].value > 0.9
    assert {"majority", "linear model", "nearest neighbour"} <= set(run.evaluation.baselines)
    assert run.evaluation.metrics["accuracy"].value > run.evaluation.baselines["linear model"]["accuracy"].value
    assert "trees read no series" in run.evaluation.skipped["boosted trees"]
    said = {choice.name: choice for choice in run.summary.choices}
    assert said["preset.recipe"].value == "rocket"
    assert said["ensemble.folds"].value == 5
    assert "they have 40 to 48 values" in said["data.length"].reason
    assert run.summary.ensemble.kept == 5
    assert [column.kind for column in run.summary.schema.features] == ["series"]


def test_the_report_shows_series_and_what_answers_rest_on(run):
    gallery, page = run.summary.series_gallery, run.report.read_text()
    assert {one.truth for one in gallery.right} == set(made.CLASSES)
    assert all(one.truth == one.prediction and max(one.heat) == 1.0 for one in gallery.right)
    assert all(one.truth != one.prediction for one in gallery.worst)
    assert page.count('class="channel ') >= len(gallery.right)
    assert "Test series over time" in page
    assert "<script" not in page


def test_new_series_are_answered_whatever_their_length_and_measured(run, forms, tmp_path):
    model = nw.load(run.path)
    for length in (30, 200):
        file = made.write_ts(tmp_path / "new.ts", each=6, first=900, lengths=(length,))
        assert model.evaluate(file).metrics["accuracy"].value > 0.6
    rows = [made.text_of([made.series_of("wave", 901)], "?"), "1,2,x:saw", made.text_of([made.series_of("saw", 902)])]
    file = made.write_plain(tmp_path / "odd.ts", rows)
    said = model.predict(file)["prediction"]
    assert said.is_null().to_list() == [False, True, True]
    plain = made.write_plain(tmp_path / "plain.ts", [text.rsplit(":", 1)[0] for text in rows[:1]], "@classLabel false")
    assert model.predict(plain)["prediction"][0] == said[0]
    stack = np.stack([made.series_of("wave", seed) for seed in range(900, 906)])[:, None]
    assert (model.predict(stack)["prediction"] == "wave").mean() > 0.6


def test_what_follows_a_series_in_the_file_changes_no_answer(run, tmp_path):
    short = made.text_of([made.series_of("wave", 910)], "wave")
    long = made.text_of([made.series_of("saw", 911, 300)], "saw")
    alone = nw.load(run.path).predict(made.write_plain(tmp_path / "a.ts", [short], "@classLabel true wave saw"))
    both = nw.load(run.path).predict(made.write_plain(tmp_path / "b.ts", [short, long], "@classLabel true wave saw"))
    assert alone["probability_wave"][0] == pytest.approx(both["probability_wave"][0], abs=1e-5)


@pytest.mark.parametrize("recipe", LEARNT)
def test_each_recipe_learns(recipe, forms, tmp_path):
    epochs = 12 if recipe in ("fcn", "inception") else 4
    settings = {"preset.recipe": recipe, "ensemble.folds": 1, "training.epochs": epochs} | LEARNT[recipe]
    run = nw.load(job(forms, tmp_path, settings))
    guessed = run.evaluation.baselines["majority"]["log_loss"].value
    assert run.evaluation.metrics["log_loss"].value < guessed
    if epochs == 12:
        assert run.evaluation.metrics["accuracy"].value > 0.7


def test_recipes_compete_where_the_rows_can_tell_them_apart(tmp_path):
    made.write_ts(tmp_path / "Forms_TRAIN.ts", each=28)
    made.write_ts(tmp_path / "Forms_TEST.ts", each=10, first=500)
    settings = {"contenders.fcn.training.epochs": 3, "contenders.fcn.network.series_widths": [6]}
    settings |= {"ensemble.folds": 2}
    run = nw.load(job(tmp_path, tmp_path, settings))
    assert {"rocket", "fcn"} == {record.recipe for record in run.summary.ensemble.members}


@pytest.mark.parametrize("recipe", ["rocket", *LEARNT])
def test_a_signal_changes_no_byte(forms, tmp_path, recipe):
    settings = {"preset.recipe": recipe, "ensemble.folds": 1, "training.epochs": 4, "training.batch_size": 8}
    settings |= {"network.series_dropout": 0.2} | LEARNT.get(recipe, {})
    untouched = job(forms, tmp_path / "untouched", settings)
    stop = StopSignal()
    listener = Listener(stop=stop, observers=[lambda record: record.step > 9 and stop(signal.SIGTERM, None)])
    with pytest.raises(Interrupted):
        job(forms, tmp_path, settings, listener)
    resume_job(tmp_path / "job", Request(settings={}), Listener())
    for name in ("weights.safetensors", "calibration.json"):
        assert (tmp_path / "job" / name).read_bytes() == (untouched / name).read_bytes()


def test_values_are_learnt_from_channels_with_gaps(tmp_path):
    random = np.random.default_rng(0)
    for name, rows in (("Forms_TRAIN.ts", 80), ("Forms_TEST.ts", 40)):
        lines = []
        for _ in range(rows):
            rate = random.uniform(1, 4)
            series = np.stack([np.sin(np.arange(40) * rate / 4 + random.uniform(0, 6)), random.normal(size=40)])
            series[:, random.integers(1, 39, 3)] = np.nan
            lines.append(made.text_of(series, f"{rate:.4f}"))
        made.write_plain(tmp_path / name, lines, "@targetLabel true")
    run = nw.load(job(tmp_path, tmp_path, {"preset.contenders": []}))
    assert run.summary.schema.task == "regression"
    assert run.evaluation.metrics["rmse"].value < 0.4 * run.evaluation.baselines["mean"]["rmse"].value
    assert "nearest neighbour" in run.evaluation.baselines


def test_classes_with_too_few_series_for_folds_are_no_error(tmp_path):
    made.write_ts(tmp_path / "Forms_TRAIN.ts", each=10)
    with (tmp_path / "Forms_TRAIN.ts").open("a") as file:
        file.write(made.text_of([np.ones(48)], "saw") + "\n")
    text = (tmp_path / "Forms_TRAIN.ts").read_text().replace("saw step wave", "saw step wave rare")
    rare = "\n".join(made.text_of([np.full(48, 5.0 + k)], "rare") for k in range(3))
    (tmp_path / "Forms_TRAIN.ts").write_text(text + rare + "\n")
    made.write_ts(tmp_path / "Forms_TEST.ts", each=5, first=500)
    run = nw.load(job(tmp_path, tmp_path, {}))
    assert run.summary.ensemble is None
    assert set(run.summary.schema.classes) == {"saw", "step", "wave", "rare"}


def test_arrays_in_memory_are_series_where_that_is_said(tmp_path):
    x = np.stack([made.series_of(name, seed) for seed in range(20) for name in made.CLASSES])[:, None]
    y = np.array(made.CLASSES * 20)
    options = nw.FitOptions(runs=tmp_path)
    run = nw.fit((x, y), settings=SMALL | {"data.series": True, "ensemble.folds": 1}, options=options)
    assert run.summary.schema.column("series").kind == "series"
    assert run.predict(x[:5]).height == 5


def test_simple_models_read_standardised_values_of_as_many_times_as_training():
    series = SeriesInput(1, 3, (1.0,), (2.0,))
    values = np.array([[[1, 3, np.nan, np.nan]], [[5, 1, 1, 9]]], np.float32)
    rows = Prepared(np.zeros((2, 0), np.float32), np.zeros((2, 0), np.int64), np.array([0, 1]), series=values)
    assert flat_values(rows, series).tolist() == [[0, 1, 0], [2, 0, 0]]
    spec = InputSpec(0, (), 1, "binary", series=series)
    asked = Prepared(rows.numeric, rows.categorical, None, series=values[::-1, :, :2] + np.float32(0.1))
    assert nearest(rows, asked, spec).tolist() == [[0, 1], [1, 0]]
