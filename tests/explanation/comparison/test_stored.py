"""What a scikit-learn model keeps, counted without pickling it."""

import numpy as np
import pytest
from sklearn.linear_model import Ridge
from sklearn.neighbors import KNeighborsRegressor
from sklearn.tree import DecisionTreeRegressor

from netwright.explanation.comparison.stored import bytes_of

ROWS = np.random.default_rng(0).normal(size=(50, 3))
TARGET = ROWS[:, 0]


def test_a_linear_model_keeps_its_coefficients():
    assert bytes_of(Ridge().fit(ROWS, TARGET)) == pytest.approx(3 * 8, abs=16)


def test_neighbours_keep_every_row():
    kept = bytes_of(KNeighborsRegressor(algorithm="brute").fit(ROWS, TARGET))
    assert ROWS.nbytes + TARGET.nbytes <= kept < 2 * ROWS.nbytes


def test_a_tree_keeps_its_nodes_and_a_larger_one_more():
    small, large = (bytes_of(DecisionTreeRegressor(max_depth=depth).fit(ROWS, TARGET)) for depth in (1, 4))
    assert 3 * 8 < small < large
