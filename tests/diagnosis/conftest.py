"""Sick runs that several tests look at; do not change them."""

import pytest

from tests.diagnosis.sick_runs import HOT, SIGMOIDS, fit_sick


@pytest.fixture(scope="session")
def deep_sigmoids(tmp_path_factory):
    return fit_sick(tmp_path_factory.mktemp("sick"), "deep", SIGMOIDS)


@pytest.fixture(scope="session")
def far_too_hot(tmp_path_factory):
    return fit_sick(tmp_path_factory.mktemp("sick"), "hot", HOT)
