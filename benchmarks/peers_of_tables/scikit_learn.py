"""scikit-learn's MLP behind the usual pipeline: median and one-hot, all scaled; early stopping, else its defaults."""

import warnings

import numpy as np
from sklearn.compose import TransformedTargetRegressor, make_column_transformer
from sklearn.exceptions import ConvergenceWarning
from sklearn.impute import SimpleImputer
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from peers_of_tables.problem import load_problem
from peers_of_tables.tables import Division


def measure(division: Division, seed: int) -> dict[str, float]:
    problem = load_problem(division)
    x, y, test = problem.train.both(), problem.train.truth, problem.test.both()
    numbers = problem.train.numbers.shape[1]
    prepared = make_column_transformer(
        (make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), np.arange(numbers)),
        (OneHotEncoder(handle_unknown="ignore"), np.arange(numbers, x.shape[1])),
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        if problem.table.regression:
            network = MLPRegressor(random_state=seed, early_stopping=True)
            scaled = TransformedTargetRegressor(network, transformer=StandardScaler())
            return problem.score(make_pipeline(prepared, scaled).fit(x, y).predict(test))
        model = make_pipeline(prepared, MLPClassifier(random_state=seed, early_stopping=True))
        return problem.score(model.fit(x, y).predict_proba(test))
