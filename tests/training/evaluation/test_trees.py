"""Boosted trees: scikit-learn's own, on what the network sees, and left out where a budget has no room."""

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

from netwright.data import Prepared
from netwright.training.evaluation.trees import boosted_trees

CHANCE = np.random.default_rng(0)


def rows(count, slots=(4, 300)):
    numeric = CHANCE.normal(size=(count, 3)).astype(np.float32)
    categorical = np.stack([CHANCE.integers(0, size, count) for size in slots], axis=1)
    target = (numeric[:, 0] + (categorical[:, 0] == 2) + 0.3 * CHANCE.normal(size=count) > 0.5).astype(np.int64)
    return Prepared(numeric, categorical, target)


def test_they_are_scikit_learns_with_categories_as_categories():
    train, asked = rows(400), rows(50)
    found = boosted_trees("binary", train, asked, (4, 300), None)
    model = HistGradientBoostingClassifier(categorical_features=[False] * 3 + [True, False], random_state=0)
    inputs = [np.concatenate([part.numeric, part.categorical], axis=1) for part in (train, asked)]
    np.testing.assert_array_equal(found.predicted, model.fit(inputs[0], train.target).predict_proba(inputs[1]))
    assert found.seconds > 0
    assert found.skipped == ""


def test_values_are_foretold_and_a_class_without_training_rows_has_probability_0():
    train, asked = rows(300), rows(40)
    values = Prepared(train.numeric, train.categorical, train.numeric[:, 0])
    said = boosted_trees("regression", values, asked, (4, 300), None).predicted
    assert np.corrcoef(said, asked.numeric[:, 0])[0, 1] > 0.95
    gap = Prepared(train.numeric, train.categorical, train.target * 2)
    said = boosted_trees("multiclass", gap, asked, (4, 300), None).predicted
    assert said.shape == (40, 3)
    assert (said[:, 1] == 0).all()


def test_a_budget_without_room_skips_them_and_says_why():
    found = boosted_trees("binary", rows(400), rows(10), (4, 300), 0.05)
    assert found.predicted is None
    assert "budget" in found.skipped
    assert boosted_trees("binary", rows(400), rows(10), (4, 300), -1.0).skipped == "the budget is used up"
