"""RealMLP with its tuned defaults, from pytabkit; for AUC with what its authors advise: cross-entropy, no smoothing."""

import pandas as pd
from pytabkit import RealMLP_TD_Classifier, RealMLP_TD_Regressor

from peers_of_tables.problem import Floats, Rows, imputed, load_problem
from peers_of_tables.tables import Division


def measure(division: Division, seed: int) -> dict[str, float]:
    problem = load_problem(division)
    numbers, test_numbers = imputed(problem)
    train, test = _frame(numbers, problem.train), _frame(test_numbers, problem.test)
    asked = {"device": "cpu", "random_state": seed, "n_threads": 1}
    names = [name for name in train.columns if name.startswith("category")]
    if problem.table.regression:
        model = RealMLP_TD_Regressor(**asked)
        model.fit(train, problem.train.truth, cat_col_names=names)
        return problem.score(model.predict(test).reshape(-1))
    if problem.table.metric == "auc":
        asked |= {"val_metric_name": "cross_entropy", "use_ls": False}
    classifier = RealMLP_TD_Classifier(**asked)
    classifier.fit(train, problem.train.truth, cat_col_names=names)
    return problem.score(classifier.predict_proba(test))


def _frame(numbers: Floats, rows: Rows) -> pd.DataFrame:
    named = {f"number_{k}": column for k, column in enumerate(numbers.T)}
    codes = {f"category_{k}": pd.Series(column).astype(str).astype("category") for k, column in enumerate(rows.codes.T)}
    return pd.DataFrame({**named, **codes})
