"""Frames, arrays of objects and sparse matrices go in as they are, and mean the same whatever they come as."""

import numpy as np
import polars as pl
import pytest
from scipy import sparse

from netwright.core.errors import ContractError, SchemaError
from netwright.sklearn import NetworkClassifier, inputs


@pytest.fixture(scope="module")
def fitted(flowers):
    return NetworkClassifier(random_state=0).fit(*flowers)


def test_a_raw_frame_is_learnt_without_an_encoder(fitted, flowers):
    frame, labels = flowers
    assert fitted.score(frame, labels) > 0.9
    assert {column.name: column.kind for column in fitted.schema_.columns} == {
        "width": "numeric",
        "petals": "numeric",
        "colour": "categorical",
        "wild": "boolean",
        "seen": "datetime",
    }
    assert fitted.feature_names_in_.tolist() == frame.columns
    assert fitted.classes_.tolist() == ["lily", "rose"]


def test_pandas_and_polars_say_the_same(fitted, flowers):
    frame, labels = flowers
    other = NetworkClassifier(random_state=0).fit(frame.to_pandas(), labels)
    assert np.array_equal(other.predict_proba(frame.to_pandas()), fitted.predict_proba(frame))


def test_pandas_categories_and_missing_values_are_read(flowers):
    frame, labels = flowers
    table = frame.to_pandas().astype({"colour": "category", "petals": "Int64"})
    table.loc[3, "petals"] = None
    assert NetworkClassifier(random_state=0).fit(table, labels).score(table, labels) > 0.9


def test_unseen_categories_and_missing_cells_get_an_answer(fitted, flowers):
    frame = (
        flowers[0]
        .head(4)
        .with_columns(colour=pl.Series(["mauve", None, "red", "blue"]), width=pl.Series([None, 1.0, 2.0, float("inf")]))
    )
    said = fitted.predict_proba(frame)
    assert said.shape == (4, 2)
    assert np.isfinite(said).all()


def test_columns_in_another_order_are_refused_as_scikit_learn_does(fitted, flowers):
    frame = flowers[0]
    with pytest.raises(ValueError, match="feature names should match"):
        fitted.predict(frame.select(reversed(frame.columns)))


def test_an_array_of_objects_is_a_table(flowers):
    frame, labels = flowers
    array = np.array([list(row) for row in frame.select("width", "petals", "colour").iter_rows()], dtype=object)
    model = NetworkClassifier(random_state=0).fit(array, labels)
    assert [column.kind for column in model.schema_.columns] == ["numeric", "numeric", "categorical"]
    assert model.score(array, labels) > 0.9


def test_an_array_of_numbers_needs_no_schema(iris):
    model = NetworkClassifier(random_state=0).fit(*iris)
    assert model.schema_ is None
    assert model.n_features_in_ == 4


def test_missing_numbers_are_learnt_from(iris):
    features, labels = iris[0].copy(), iris[1]
    features[::7, 2] = np.nan
    assert NetworkClassifier(random_state=0).fit(features, labels).score(features, labels) > 0.9


def test_infinite_numbers_are_refused(iris):
    features = iris[0].copy()
    features[0, 0] = np.inf
    with pytest.raises(ValueError, match="infinity"):
        NetworkClassifier().fit(features, iris[1])


@pytest.mark.parametrize("form", [sparse.csr_matrix, sparse.csc_array, sparse.coo_array])
def test_sparse_numbers_are_the_dense_ones(form, iris):
    features = np.where(iris[0] > 2.0, iris[0], 0.0)
    dense = NetworkClassifier(random_state=0).fit(features, iris[1])
    model = NetworkClassifier(random_state=0).fit(form(features), iris[1])
    assert np.array_equal(model.predict_proba(form(features)), dense.predict_proba(features))
    assert np.array_equal(model.predict_proba(features), dense.predict_proba(features))


def test_sparse_rows_are_answered_in_blocks(iris, monkeypatch):
    features = sparse.csr_array(iris[0])
    model = NetworkClassifier(random_state=0).fit(features, iris[1])
    whole = model.predict_proba(features)
    monkeypatch.setattr(inputs, "BLOCK_BYTES", 7 * 8 * model.learned_.contract.preparation.spec.numeric)
    blocks = list(inputs.answered_blocks(model, model.learned_.contract, features))
    assert [len(numeric) for numeric, _ in blocks] == [7] * 21 + [3]
    assert np.allclose(model.predict_proba(features), whole, rtol=1e-12)


def test_sparse_rows_that_would_fill_the_memory_are_refused_before_they_do():
    wide = sparse.csr_array((1000, 1_000_000))
    with pytest.raises(
        SchemaError, match=r"at most 2 GiB as dense numbers, got 1,000 rows of 1,000,000 columns, 7\.5 GiB"
    ):
        NetworkClassifier().fit(wide, np.arange(1000) % 2)


def test_a_missing_column_is_named(fitted, flowers):
    with pytest.raises(ValueError, match="colour"):
        fitted.predict(flowers[0].drop("colour"))


def test_a_kind_can_be_asked_for(flowers):
    frame, labels = flowers
    settings = {"schema.columns.petals.kind": "categorical"}
    model = NetworkClassifier(random_state=0, settings=settings).fit(frame, labels)
    assert model.schema_.column("petals").kind == "categorical"


def test_rows_of_a_frame_that_cannot_be_read_are_told(flowers):
    frame = flowers[0].with_columns(width=pl.Series([*[1.0] * 7, np.inf, *[1.0] * 112]))
    model = NetworkClassifier(random_state=0).fit(frame, flowers[1])
    assert [(item.row, item.column, item.value) for item in model.rejected_] == [(8, "width", "inf")]


def test_a_frame_of_useless_columns_is_refused():
    frame = pl.DataFrame({"row_id": np.arange(40), "same": ["x"] * 40})
    with pytest.raises(SchemaError, match="expected at least one feature"):
        NetworkClassifier().fit(frame, np.arange(40) % 2)


def test_contract_errors_are_value_errors():
    assert issubclass(ContractError, ValueError)
