"""Small tables that every file here fits."""

import numpy as np
import polars as pl
import pytest


@pytest.fixture(scope="session")
def flowers() -> tuple[pl.DataFrame, np.ndarray]:
    """120 rows of numbers, text, truth values, dates and missing cells, and labels that follow from them."""
    generator = np.random.default_rng(0)
    width, petals = generator.normal(3, 1, 120), generator.integers(3, 9, 120)
    colour = generator.choice(["red", "green", "blue"], 120)
    frame = pl.DataFrame(
        {
            "width": width,
            "petals": petals,
            "colour": colour,
            "wild": generator.random(120) < 0.5,
            "seen": pl.Series(np.datetime64("2024-01-01T10:00", "us") + np.arange(120) * np.timedelta64(31, "h")),
        }
    )
    frame = frame.with_columns(width=pl.when(pl.int_range(pl.len()) % 11 == 0).then(None).otherwise("width"))
    return frame, np.where(width + 2 * (colour == "red") > 3.6, "lily", "rose")


@pytest.fixture(scope="session")
def iris() -> tuple[np.ndarray, np.ndarray]:
    from sklearn.datasets import load_iris

    return load_iris(return_X_y=True)


@pytest.fixture(scope="session")
def diabetes() -> tuple[np.ndarray, np.ndarray]:
    from sklearn.datasets import load_diabetes

    return load_diabetes(return_X_y=True)
