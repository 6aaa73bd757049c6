"""Rows of a run's data are explained by raw column, word and step; sums hold, and every row gets its tests."""

import numpy as np
import polars as pl
import pytest

import netwright as nw
from netwright.core.errors import ContractError, RecipeError
from netwright.explanation.forecasts import explain_forecast
from netwright.explanation.references import USUAL
from netwright.explanation.rows import explain_rows
from netwright.training.inference import answer, read_for
from tests.training.forecasting.small_series import QUICK, small
from tests.training.test_texts import SMALL, reviews


@pytest.fixture(scope="module")
def table(finished_run):
    from tests.conftest import flowers_csv

    path = finished_run.parent / "more.csv"
    path.write_text(flowers_csv(60))
    model = nw.load(finished_run).model
    return model, read_for(model, path, with_target=True)


@pytest.fixture(scope="module")
def texts(tmp_path_factory):
    folder = tmp_path_factory.mktemp("texts")
    settings = SMALL | {"preset.recipe": "bag", "training.epochs": 4, "training.learning_rate": 0.01}
    options = nw.FitOptions(runs=folder)
    model = nw.fit(reviews(300).drop("stars"), "liked", settings=settings, options=options).model
    return model, read_for(model, reviews(40).drop("stars"), with_target=True)


def holds(found):
    total = sum(part.amount for part in found.parts)
    return total == pytest.approx(
        found.output - found.reference, abs=0.011 * abs(found.output - found.reference) + 2e-3
    )


def test_columns_are_explained_as_they_stand_in_the_source(table):
    model, conformed = table
    rows = [0, 7, 17]  # row 17 lacks its height
    found = explain_rows(model, conformed, rows)
    said = answer(model, conformed.table, np.array(rows))
    for one, row, shares in zip(found, rows, said, strict=True):
        assert one.row == row + 1
        assert sorted(part.name for part in one.parts) == ["colour", "height", "width"]
        assert {part.name: part.value for part in one.parts}["colour"] == conformed.table.frame["colour"][row]
        share = shares[model.schema.classes.index(one.answer)]
        assert one.probability == pytest.approx(share)
        assert one.output == pytest.approx(np.log(share / (1 - share)), abs=1e-3)
        assert one.unit == f"log-odds of {one.answer}"
        assert one.truth in model.schema.classes
        assert holds(one)
        assert one.checks[0].name == "completeness"
        assert one.deletion is not None
    assert {part.name: part.value for part in found[2].parts}["height"] == "missing"


@pytest.mark.parametrize("method", ["shapley", "gradient shap", "occlusion", "saliency", "smoothgrad"])
def test_every_method_takes_rows_of_a_table(table, method):
    model, conformed = table
    (found,) = explain_rows(model, conformed, [3], method, tests=0)
    assert found.method == method
    assert len(found.parts) == 3
    if method in ("shapley", "gradient shap"):
        assert holds(found)
    assert [check.name for check in found.checks] == ["completeness"]


def test_rows_that_are_not_there_and_methods_that_do_not_fit_are_refused(table):
    model, conformed = table
    with pytest.raises(ContractError, match="another row"):
        explain_rows(model, conformed, [60])
    with pytest.raises(RecipeError, match="tells classes of images"):
        explain_rows(model, conformed, [0], "grad-cam")
    with pytest.raises(RecipeError, match="transformer"):
        explain_rows(model, conformed, [0], "attention rollout")
    assert explain_rows(model, conformed, []) == ()


def test_a_row_that_is_alone_is_compared_with_the_usual_one(table):
    from tests.conftest import flowers_csv

    model, _ = table
    lines = flowers_csv(60).splitlines()
    frame = pl.read_csv("\n".join(lines[:2]).encode())
    (found,) = explain_rows(model, read_for(model, frame, with_target=True), [0], tests=0)
    assert found.against == USUAL
    assert holds(found)
    assert any(abs(part.amount) > 1e-3 for part in found.parts)


def test_words_join_to_the_text_and_add_up(texts):
    model, conformed = texts
    for one in explain_rows(model, conformed, [0, 1, 2], tests=2):
        (heat,) = one.texts
        assert "".join(heat.pieces) == conformed.table.frame["review"][one.row - 1]
        assert sum(heat.amounts) == pytest.approx(sum(part.amount for part in one.parts))
        assert holds(one)
        assert one.against == "the text with its words hidden"


def test_forecasts_rest_on_the_steps_of_their_own_channel(tmp_path):
    run = nw.forecast(small(300), 6, settings=QUICK, options=nw.FitOptions(runs=tmp_path))
    (found,) = explain_forecast(run.model, small(300), "c1", step=2, tests=1)
    assert found.output == pytest.approx(run.predict(small(300))["c1"][1], rel=1e-3)
    assert found.series is not None
    amounts = np.array(found.series.amounts)
    assert amounts.shape == (2, run.model.schema.lookback)
    assert np.abs(amounts[0]).max() == 0.0  # channels never see each other
    assert np.array(found.series.values)[1] == pytest.approx(small(300)["c1"].to_numpy()[-24:], rel=1e-4)
    assert holds(found)
    with pytest.raises(ContractError, match="channel"):
        explain_forecast(run.model, small(300), "c9")
    with pytest.raises(ContractError, match="step from 1 to 6"):
        explain_forecast(run.model, small(300), step=7)
