"""How well a tree that a person can read says what a model says.

Source: M. Craven, J. Shavlik, Extracting tree-structured representations of trained networks, 1996.
"""

from typing import Any

import numpy as np

from netwright.core.evidence import Measure
from netwright.core.values import Task
from netwright.explanation.comparison.measuring import sample_all
from netwright.explanation.comparison.trained import Answers

DEPTH, MOST_ROWS = 4, 5000  # of the tree; training rows whose answers it learns from


def unit_of(task: str) -> str:
    """Return in words what fidelity is."""
    if task == "regression":
        return f"share of the variance of its answers that a tree of depth {DEPTH} over the raw columns explains"
    return f"share of test rows on which a tree of depth {DEPTH} over the raw columns says the same class"


def fidelity(task: Task, rows: tuple[Any, Any], said: tuple[Answers, Answers]) -> Measure:
    """Return how well a small tree repeats a model on test rows, with its 95% interval.

    Args:
        task: classes or values.
        rows: raw columns of training and of test rows.
        said: the model's answers to both.
    """
    from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

    learnt, asked = rows
    if task == "regression":
        copy = DecisionTreeRegressor(max_depth=DEPTH, random_state=0).fit(learnt, said[0])
        return sample_all(task, "r2", said[1], {0: copy.predict(asked)})[0].measure()
    copy = DecisionTreeClassifier(max_depth=DEPTH, random_state=0).fit(learnt, said[0].argmax(axis=1))
    same = np.eye(said[1].shape[1])[copy.predict(asked)]
    return sample_all("multiclass", "accuracy", said[1].argmax(axis=1), {0: same})[0].measure()
