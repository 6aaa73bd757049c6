"""The estimators inside scikit-learn's own machinery."""

import numpy as np
import pandas as pd
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.ensemble import StackingClassifier, VotingClassifier, VotingRegressor
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV, cross_val_predict, cross_val_score
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from netwright.sklearn import EnsembleClassifier, NetworkClassifier, NetworkRegressor


def small(**more) -> NetworkClassifier:
    return NetworkClassifier(hidden_sizes=(16,), random_state=0, epochs=30, **more)


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_grid_search_over_a_pipeline(jobs, iris):
    pipeline = make_pipeline(StandardScaler(), small())
    grid = {"networkclassifier__hidden_sizes": [(4,), (16,)], "networkclassifier__dropout": [0.0, 0.1]}
    search = GridSearchCV(pipeline, grid, cv=2, n_jobs=jobs).fit(*iris)
    assert search.best_score_ > 0.9
    assert set(search.best_params_) == set(grid)


def test_cross_validation_of_a_raw_frame(flowers):
    frame, labels = flowers
    table = frame.to_pandas()
    assert cross_val_score(small(), table, labels, cv=3).mean() > 0.8
    said = cross_val_predict(small(), table, labels, cv=3, method="predict_proba")
    assert said.shape == (120, 2)
    assert np.allclose(said.sum(axis=1), 1.0)


def test_calibration(iris):
    model = CalibratedClassifierCV(small(), cv=2).fit(*iris)
    assert model.score(*iris) > 0.9


@pytest.mark.parametrize("kind", [VotingClassifier, StackingClassifier])
def test_beside_other_classifiers(kind, iris):
    parts = [("network", small()), ("linear", LogisticRegression(max_iter=1000))]
    settings = {"voting": "soft"} if kind is VotingClassifier else {"cv": 2}
    assert kind(parts, **settings).fit(*iris).score(*iris) > 0.9


def test_beside_other_regressors(diabetes):
    parts = [("network", NetworkRegressor(random_state=0, epochs=5)), ("linear", Ridge())]
    assert VotingRegressor(parts).fit(*diabetes).score(*diabetes) > 0.4


def test_behind_a_column_transformer(flowers):
    frame, labels = flowers
    columns = ColumnTransformer(
        [("words", OneHotEncoder(), ["colour"]), ("numbers", "passthrough", ["width"])], sparse_threshold=1.0
    )
    model = make_pipeline(columns, small()).fit(frame.to_pandas(), labels)
    assert model.score(frame.to_pandas(), labels) > 0.9


def test_around_the_target(diabetes):
    features, values = diabetes
    model = TransformedTargetRegressor(NetworkRegressor(random_state=0), func=np.log, inverse_func=np.exp)
    assert model.fit(features, values).score(features, values) > 0.4


def test_one_against_the_rest(iris):
    assert OneVsRestClassifier(small()).fit(*iris).score(*iris) > 0.9


def test_sample_weights_pass_through_a_pipeline(iris):
    weights = np.where(iris[1] == 2, 1.0, 1e-9)
    model = make_pipeline(StandardScaler(), small())
    even = (model.fit(*iris).predict(iris[0]) == 2).mean()
    assert (model.fit(*iris, networkclassifier__sample_weight=weights).predict(iris[0]) == 2).mean() > even + 0.2


def test_columns_in_another_order_are_refused_by_name(iris):
    table = pd.DataFrame(iris[0], columns=["a", "b", "c", "d"])
    model = small().fit(table, iris[1])
    with pytest.raises(ValueError, match="feature names should match"):
        model.predict(table[["b", "a", "c", "d"]])
    with pytest.warns(UserWarning, match="does not have valid feature names"):
        assert np.array_equal(model.predict(iris[0]), model.predict(table))


def test_an_ensemble_is_searched_like_any_other(iris):
    search = GridSearchCV(EnsembleClassifier(random_state=0, epochs=10), {"members": [1, 2]}, cv=2).fit(*iris)
    assert search.best_score_ > 0.8
