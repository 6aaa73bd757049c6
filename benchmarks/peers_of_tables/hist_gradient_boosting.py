"""scikit-learn's HistGradientBoosting with its defaults; it is told which columns are categories."""

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

from peers_of_tables.problem import load_problem
from peers_of_tables.tables import Division


def measure(division: Division, seed: int) -> dict[str, float]:
    problem = load_problem(division)
    train, test = problem.train, problem.test
    categories = np.arange(train.both().shape[1]) >= train.numbers.shape[1]
    if problem.table.regression:
        model = HistGradientBoostingRegressor(categorical_features=categories, random_state=seed)
        return problem.score(model.fit(train.both(), train.truth).predict(test.both()))
    trees = HistGradientBoostingClassifier(categorical_features=categories, random_state=seed)
    return problem.score(trees.fit(train.both(), train.truth).predict_proba(test.both()))
