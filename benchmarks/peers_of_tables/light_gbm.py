"""LightGBM with its defaults; it is told which columns are categories. One thread."""

import lightgbm
import pandas as pd

from peers_of_tables.problem import Problem, Rows, load_problem
from peers_of_tables.tables import Division


def measure(division: Division, seed: int) -> dict[str, float]:
    problem = load_problem(division)
    kind = lightgbm.LGBMRegressor if problem.table.regression else lightgbm.LGBMClassifier
    model = kind(random_state=seed, n_jobs=1, verbose=-1)
    model.fit(_frame(problem, problem.train), problem.train.truth)
    test = _frame(problem, problem.test)
    return problem.score(model.predict(test) if problem.table.regression else model.predict_proba(test))


def _frame(problem: Problem, rows: Rows) -> pd.DataFrame:
    numbers = {f"number_{k}": column for k, column in enumerate(rows.numbers.T)}
    codes = {
        f"category_{k}": pd.Categorical.from_codes(column, categories=range(count))
        for k, (column, count) in enumerate(zip(rows.codes.T, problem.cardinalities, strict=True))
    }
    return pd.DataFrame({**numbers, **codes})
