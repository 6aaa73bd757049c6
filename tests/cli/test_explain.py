"""`netwright explain` on small runs."""

import json

import msgspec
import numpy as np
import polars as pl
import pytest

import netwright as nw
from netwright.core.explanations import Explained
from tests.data.series.series_tables import hourly
from tests.training.test_texts import BAD, GOOD, SMALL, reviews

ROWS = "width,height,colour\n1.0,5.0,red\n4.0,,blue\n3.0,2.0,violet\n"


@pytest.fixture(scope="module")
def forecast(tmp_path_factory):
    folder = tmp_path_factory.mktemp("explained")
    table = folder / "hours.csv"
    hourly(200, channels=2).write_csv(table)
    settings = {"windows.lookback": 24, "training.epochs": 1, "training.threads": 1, "preset.contenders": []}
    return nw.forecast(table, 4, settings=settings, options=nw.FitOptions(runs=folder)).path


def test_the_run_s_own_test_rows_are_explained_stored_and_drawn(netwright, run_copy):
    found = netwright("explain", run_copy, "--rows", 2)
    assert found.code == 0, found.err
    assert found.out.count("Row ") == 2
    for said in ("completeness", "Permutation importance", "colour"):
        assert said in found.out, said
    stored = msgspec.json.decode((run_copy / "explanations.json").read_bytes(), type=Explained)
    assert len(stored.rows) == 2
    assert "What answers rest on" in (run_copy / "report.html").read_text()


def test_rows_without_a_target_are_explained_as_they_are_numbered(netwright, run_copy, tmp_path):
    table = tmp_path / "new.csv"
    table.write_text(ROWS)
    found = netwright("explain", run_copy, table, "--row", "2-3", "--row", 1, "--json")
    assert found.code == 0, found.err
    said = json.loads(found.out)
    explained = msgspec.convert(said["explained"], Explained)
    assert [one.row for one in explained.rows] == [2, 3, 1]
    assert not any(one.truth for one in explained.rows)
    assert {part.name for part in explained.rows[0].parts} == {"width", "height", "colour"}
    assert any(part.amount for part in explained.rows[0].parts), "rows of a small table are compared with others"
    assert "importance needs 10 rows" in " ".join(explained.notes)


def test_what_changes_an_answer_and_how_answers_go_with_a_column(netwright, run_copy):
    asked = ("--counterfactual", "--dependence", "colour", "--dependence", "width", "--no-importance", "--rows", 1)
    found = netwright("explain", run_copy, *asked)
    assert found.code == 0, found.err
    assert "What would change row" in found.out
    assert "by colour, all else as it is" in found.out
    again = netwright("explain", run_copy, "--no-importance", "--dependence", "width", "--rows", 1)
    assert again.code == 0, again.err
    stored = msgspec.json.decode((run_copy / "explanations.json").read_bytes(), type=Explained)
    assert [one.column for one in stored.dependences] == ["colour", "width"], "what was asked before stays"


def test_columns_that_are_kept_are_not_among_the_changes(netwright, run_copy):
    found = netwright("explain", run_copy, "--rows", 1, "--no-importance", "--keep", "colour,height")
    assert found.code == 0, found.err
    assert "with colour and height kept as they are" in " ".join(found.out.split())
    (flip,) = msgspec.json.decode((run_copy / "explanations.json").read_bytes(), type=Explained).counterfactuals
    assert {swap.column for swap in flip.swaps} <= {"width"}
    run = nw.load(run_copy)
    again = run.explain(rows=flip.row, counterfactual=nw.Flip(keep=("colour", "height"))).counterfactuals
    assert again == (flip,)
    other = next(one for one in run.schema.classes if one != flip.answer)
    asked = nw.Flip(other, keep="colour")
    assert run.explain(rows=flip.row, counterfactual=asked).counterfactuals[0].wanted == other


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("--method", "integrated gradient"), "did you mean 'integrated gradients'?"),
        (("--dependence", "colur"), "did you mean 'colour'?"),
        (("--keep", "colour,widht"), "did you mean 'width'?"),
        (("--keep", "kind"), "--keep: expected a column that is learnt from"),
        (("--keep", "colour,width", "--keep", "height"), "that may change, got none"),
        (("--dependence", "kind"), "expected a column that is learnt from"),
        (("--row", "100000"), "the nearest are"),
        (("--row", "0"), "expected a row from 1"),
        (("--row", "5-3"), "expected a row from 1"),
        (("--rows", "0"), "expected at least 1"),
        (("--step", "3"), "expected the run of a forecast"),
        (("no-such.csv",), "no-such.csv"),
    ],
)
def test_what_cannot_be_explained_is_said_in_one_sentence_and_nothing_is_written(netwright, run_copy, asked, said):
    before = (run_copy / "report.html").read_bytes()
    found = netwright("explain", run_copy, *asked)
    assert found.code == 2
    assert said in found.err
    assert found.err.count("\n") == 1
    assert (run_copy / "report.html").read_bytes() == before


def test_a_language_model_says_what_can_be_done_instead(netwright, run_copy):
    (run_copy / "tokenizer.json").write_text("{}")
    found = netwright("explain", run_copy)
    assert found.code == 2
    assert "where each head looks" in found.err


def test_explanations_are_no_way_out_of_the_run(netwright, run_copy, tmp_path):
    (run_copy / "explanations.json").unlink(missing_ok=True)
    (run_copy / "explanations.json").symlink_to(tmp_path / "elsewhere")
    found = netwright("explain", run_copy)
    assert found.code == 2
    assert "symbolic link" in found.err


def test_a_forecast_is_explained_over_its_look_back(netwright, forecast):
    found = netwright("explain", forecast, "--channel", "c1", "--step", 2)
    assert found.code == 0, found.err
    assert "(step 2)" in found.out
    assert "steps" in found.out
    assert "What forecasts rest on" in (forecast / "report.html").read_text()
    assert netwright("explain", forecast, "--row", 3).code == 2
    assert "--keep: expected the run of a table" in netwright("explain", forecast, "--keep", "c1").err
    assert "c1" in netwright("explain", forecast, "--channel", "c7").err


def test_of_a_forecast_each_stretch_and_channel_of_the_past_is_told(netwright, forecast):
    found = netwright("explain", forecast)
    assert found.code == 0, found.err
    assert "Permutation of past channels, in growth of mse, on 37 windows" in found.out
    stored = msgspec.json.decode((forecast / "explanations.json").read_bytes(), type=Explained)
    assert [len(one.columns) for one in stored.places] == [16, 2]
    again = netwright("explain", forecast, "--no-importance")
    assert "Permutation" not in again.out
    kept = msgspec.json.decode((forecast / "explanations.json").read_bytes(), type=Explained)
    assert kept.places == stored.places, "what was measured before stays"
    assert not nw.load(forecast).explain().places


def test_of_texts_the_words_that_matter_are_told_and_drawn(netwright, tmp_path):
    table = tmp_path / "reviews.csv"
    reviews(300).drop("stars").write_csv(table)
    settings = SMALL | {"preset.recipe": "bag", "training.epochs": 4, "training.learning_rate": 0.01}
    run = nw.fit(table, "liked", settings=settings, options=nw.FitOptions(runs=tmp_path)).path
    found = netwright("explain", run, table, "--rows", 1)
    assert found.code == 0, found.err
    assert "Erasure of words, in log-odds of yes, on 300 texts" in found.out
    (words,) = msgspec.json.decode((run / "explanations.json").read_bytes(), type=Explained).places
    assert {one.name for one in words.columns if one.amount > 0.5} <= set(GOOD)
    assert {one.name for one in words.columns if one.amount < -0.5} <= set(BAD)
    assert "Erasure of words" in (run / "report.html").read_text()


def test_of_images_each_block_is_told(netwright, tmp_path):
    chance = np.random.default_rng(0)
    labels = np.arange(60) % 2
    images = chance.integers(0, 200, (60, 12, 12), dtype=np.uint8)
    images[:, 2:6, 2:6] += (50 * labels).astype(np.uint8)[:, None, None]
    np.savez(tmp_path / "images.npz", x=images, y=labels)
    settings = {"training.epochs": 1, "training.threads": 1, "network.image_widths": [4]}
    run = nw.fit(tmp_path / "images.npz", settings=settings, options=nw.FitOptions(runs=tmp_path)).path
    found = netwright("explain", run, "--rows", 1, "--method", "saliency")
    assert found.code == 0, found.err
    assert "Permutation of blocks, in growth of log loss, on 12 images" in found.out
    (table,) = msgspec.json.decode((run / "explanations.json").read_bytes(), type=Explained).places
    assert len(table.columns) == 49
    assert len(table.image.amounts) == 12
    assert "the mean image" in (run / "report.html").read_text()


def test_python_explains_a_row_by_number(finished_run):
    run = nw.load(finished_run)
    row = run.explain(pl.DataFrame({"width": [1.0], "height": [2.0], "colour": ["red"]}), 1).rows[0]
    assert row.output - row.reference == pytest.approx(sum(part.amount for part in row.parts), abs=0.05)
