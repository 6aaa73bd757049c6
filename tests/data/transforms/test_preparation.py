"""Encoders against their definitions; nothing is learnt from rows outside the training rows."""

import numpy as np
import polars as pl
import pytest

from netwright.core.files import from_json, to_json
from netwright.data import (
    Preparation,
    PreparationConfig,
    SchemaRequest,
    fit_features,
    fit_preparation,
    infer_schema,
    prepare,
    prepare_features,
    read_table,
)

RNG = np.random.default_rng(0)
N = 400
ROBUST = PreparationConfig(numeric="robust")


def made(columns, target="y", **request):
    return infer_schema(read_table(columns), SchemaRequest(target=target, **request))


def prepared(columns, config=ROBUST, rows=None, **request):
    schema, table = made({**columns, "y": RNG.normal(size=len(next(iter(columns.values()))))}, **request)
    rows = np.arange(table.frame.height) if rows is None else rows
    preparation = fit_preparation(table, schema, rows, config)
    return preparation, prepare(table, schema, preparation)


def test_robust_scaling_is_its_definition():
    x = RNG.normal(size=N) * 5 + 100
    _, arrays = prepared({"x": x})
    low, centre, high = np.quantile(x, (0.25, 0.5, 0.75))
    z = (x - centre) / (high - low)
    np.testing.assert_allclose(arrays.numeric[:, 0], z / np.sqrt(1 + (z / 3) ** 2), rtol=1e-5)


def test_where_the_quartiles_are_equal_the_deviation_scales():
    x = np.array([0.0] * 90 + [4.5, 1.0] * 5)
    _, arrays = prepared({"x": x}, PreparationConfig(numeric="robust", smooth_clip=False))
    np.testing.assert_allclose(arrays.numeric[:, 0], x / x.std(), rtol=1e-6)


EXTREMES = {
    "great": RNG.normal(size=N) * 1e300,
    "greatest": RNG.choice([-1.7e308, 0.0, 1.7e308], size=N),
    "small": RNG.normal(size=N) * 1e-200,
    "denormal": np.arange(N) * 5e-324,
    "denormal beside one": np.arange(N) * 5e-324 + (np.arange(N) == 0),
    "one outlier": np.append(RNG.normal(size=N - 1), 1e300),
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("numeric", ["robust", "standard"])
@pytest.mark.parametrize("clip", [True, False])
@pytest.mark.parametrize("name", EXTREMES)
def test_values_at_the_edges_of_numbers_are_scaled_to_finite_ones(name, clip, numeric):
    x = EXTREMES[name]
    _, arrays = prepared({"x": x}, PreparationConfig(numeric=numeric, smooth_clip=clip))
    assert np.isfinite(arrays.numeric).all()
    if name in ("great", "small") and numeric == "robust" and not clip:
        low, centre, high = np.quantile(x, (0.25, 0.5, 0.75))
        np.testing.assert_allclose(arrays.numeric[:, 0], (x - centre) / (high - low), rtol=1e-5)


def test_quantile_normal_is_nearly_normal():
    _, arrays = prepared({"x": RNG.exponential(size=5000)}, PreparationConfig(numeric="quantile"))
    assert abs(arrays.numeric[:, 0].mean()) < 0.02
    assert abs(np.median(arrays.numeric[:, 0])) < 0.02
    assert np.isfinite(arrays.numeric).all()


def test_missing_cells_become_zero_and_say_so():
    x = RNG.normal(size=N)
    x[::10] = np.nan
    preparation, arrays = prepared({"x": x})
    assert preparation.numeric_names == ("x", "x (missing)")
    assert (arrays.numeric[::10, 0] == 0).all()
    assert arrays.numeric[:, 1].tolist() == np.isnan(x).astype(float).tolist()


def test_both_views_stand_beside_each_other_with_one_indicator():
    x = RNG.normal(size=N)
    x[::10] = np.nan
    preparation, arrays = prepared({"x": x}, PreparationConfig(numeric="both"))
    assert preparation.numeric_names == ("x", "x (missing)", "x (rank)")
    robust, quantile = (prepared({"x": x}, PreparationConfig(numeric=view))[1] for view in ("robust", "quantile"))
    assert (arrays.numeric[:, :2] == robust.numeric).all()
    assert (arrays.numeric[:, 2] == quantile.numeric[:, 0]).all()


def test_only_training_rows_are_learnt_from():
    x = RNG.normal(size=N)
    changed = x.copy()
    changed[N // 2 :] *= 1000
    labels = np.array(["a", "b"] * (N // 2), dtype=object)
    new_labels = labels.copy()
    new_labels[-1] = "z"
    rows = np.arange(N // 2)
    y = RNG.normal(size=N)
    fits = []
    for numbers, words in ((x, labels), (changed, new_labels)):
        schema, table = made({"x": numbers, "c": words, "y": y})
        fits.append(fit_preparation(table, schema, rows))
    assert fits[0] == fits[1]


@pytest.mark.parametrize("missing", [False, True])
def test_one_hot_has_a_slot_for_missing_and_for_unseen(missing):
    labels = ["a", "b", None if missing else "a", "c"] * 20 + ["z"]
    preparation, arrays = prepared({"c": labels}, rows=np.arange(80))
    slots = ("c=a", "c=b", "c=c", *(["c=(missing)"] if missing else []), "c=(unseen)")
    assert set(preparation.numeric_names) == set(slots)
    assert (arrays.numeric.sum(axis=1) == 1).all()
    assert arrays.numeric[80, -1] == 1
    if missing:
        assert (arrays.numeric[2:80:4, -2] == 1).all()


def test_many_categories_are_embedded():
    labels = [f"k{i % 12}" for i in range(N - 2)] + [None, "new"]
    preparation, arrays = prepared({"c": labels}, rows=np.arange(N - 2))
    assert preparation.spec.cardinalities == (14,)
    assert preparation.categorical_names == ("c",)
    assert arrays.categorical[:-2].min() == 2
    assert arrays.categorical[-2:, 0].tolist() == [1, 0]


def test_yes_is_one_and_no_minus_one():
    preparation, arrays = prepared({"b": ["No", "Yes", None, "Yes"] * 10})
    assert preparation.numeric_names == ("b", "b (missing)")
    assert arrays.numeric[:4].tolist() == [[-1, 0], [1, 0], [0, 1], [1, 0]]


def test_dates_turn_on_the_circles_that_vary():
    days = pl.Series([f"2020-{i % 12 + 1:02d}-01" for i in range(48)])
    preparation, arrays = prepared({"d": days})
    assert preparation.numeric_names == ("d", "d month sin", "d month cos", "d weekday sin", "d weekday cos")
    np.testing.assert_allclose(arrays.numeric[3, 1:3], [1, 0], atol=1e-6)


def test_targets_are_classes_or_standardised():
    schema, table = made({"x": RNG.normal(size=60), "y": [10, 2, 3] * 20})
    assert schema.classes == ("2", "3", "10")
    preparation = fit_preparation(table, schema, np.arange(60))
    assert prepare(table, schema, preparation).target.tolist()[:3] == [2, 0, 1]
    y = RNG.normal(size=60) * 7 + 3
    schema, table = made({"x": RNG.normal(size=60), "y": y})
    preparation = fit_preparation(table, schema, np.arange(60))
    target = prepare(table, schema, preparation).target
    assert target.dtype == np.float32
    assert abs(target.mean()) < 1e-6
    np.testing.assert_allclose(preparation.target.decode(target), y, rtol=1e-5)
    assert (preparation.target.minimum, preparation.target.maximum) == (y.min(), y.max())


def test_predictions_stay_in_the_training_range_where_asked():
    y = RNG.normal(size=60)
    schema, table = made({"x": RNG.normal(size=60), "y": y})
    far = np.array([-100.0, 0.0, 100.0])
    free, held = (
        fit_preparation(table, schema, np.arange(60), PreparationConfig(clamp_target=asked)).target
        for asked in (False, True)
    )
    assert (free.decode_prediction(far) == free.decode(far)).all()
    assert held.decode_prediction(far).tolist() == [y.min(), held.decode(far)[1], y.max()]
    assert (held.decode(far) == free.decode(far)).all()  # truth is never cut


def test_a_preparation_goes_to_json_and_back():
    columns = {
        "x": RNG.normal(size=60),
        "b": [True, False] * 30,
        "c": ["a", "b", None] * 20,
        "e": [f"k{i % 15}" for i in range(60)],
        "d": [f"2020-01-{i % 28 + 1:02d}" for i in range(60)],
    }
    for numeric in ("both", "robust", "quantile", "standard"):
        preparation, arrays = prepared(columns, PreparationConfig(numeric=numeric))
        assert from_json(to_json(preparation), Preparation) == preparation
        assert arrays.numeric.flags.c_contiguous
        assert arrays.numeric.shape[1] == len(preparation.numeric_names) == preparation.spec.numeric
        assert np.isfinite(arrays.numeric).all()
        assert preparation.spec.outputs == 1


def test_continuous_columns_are_those_that_hold_a_measured_quantity():
    columns = {
        "colour": list("abc") * 50,
        "width": [None, *RNG.normal(size=149).tolist()],
        "when": pl.datetime_range(pl.datetime(2024, 1, 1), pl.datetime(2024, 5, 29), "1d", eager=True),
        "told": [True, False, None] * 50,
        "height": RNG.normal(size=150),
    }
    preparation, _ = prepared(columns, PreparationConfig())
    names = [preparation.numeric_names[position] for position in preparation.spec.continuous]
    assert names == ["width", "width (rank)", "when", "height", "height (rank)"]
    assert len(preparation.numeric_names) > 12


def test_features_alone_are_prepared_as_beside_a_target():
    columns = {"x": RNG.normal(size=N), "z": RNG.choice(["a", "b", "c"], N), "y": RNG.normal(size=N)}
    schema, table = made(columns)
    rows = np.arange(0, N, 2)
    alone = fit_features(table, schema, rows, "regression")
    beside = prepare(table, schema, fit_preparation(table, schema, rows))
    for one, other in zip(prepare_features(table, alone), (beside.numeric, beside.categorical), strict=True):
        np.testing.assert_array_equal(one, other)


def test_without_a_schema_every_column_is_a_number():
    _, table = made({"flag": RNG.integers(0, 2, N), "same": np.zeros(N), "y": RNG.normal(size=N)})
    preparation = fit_features(table, None, np.arange(N), "regression", PreparationConfig(numeric="standard"))
    assert [scale.column for scale in preparation.scales] == ["flag", "same", "y"]
