"""Data sets that scikit-learn ships, so that the main job runs offline: @iris, @wine, @digits, ..."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from netwright.core.errors import SourceError, nearest
from netwright.core.values import Choice
from netwright.data.sources.tables.normal import table_of
from netwright.data.table import ReadOptions, Table


@dataclass(frozen=True)
class Bundled:
    """One set: scikit-learn's loader, the name of the target, and what a row is."""

    loader: str
    target: str
    about: str


BUNDLED = {
    "@digits": Bundled("load_digits", "digit", "1,797 images of 8 x 8 pixels of handwritten digits"),
    "@breast-cancer": Bundled("load_breast_cancer", "diagnosis", "569 tumours, 30 measures of cell nuclei"),
    "@diabetes": Bundled("load_diabetes", "progression", "442 patients, disease progression after a year"),
    "@wine": Bundled("load_wine", "cultivar", "178 wines, 13 chemical measures"),
    "@iris": Bundled("load_iris", "species", "150 flowers, 4 lengths in cm"),
}


def read_bundled(name: str, options: ReadOptions) -> Table:
    """Load one set, class targets as class names.

    Raises:
        SourceError: no set of that name.
    """
    if name not in BUNDLED:
        raise SourceError(f"{name}: no bundled data set of that name; {nearest(name, BUNDLED)}")
    bundled = BUNDLED[name]
    data = _loader(bundled.loader)()
    columns = {str(key): data.data[:, at] for at, key in enumerate(data.feature_names)}
    frame = pl.DataFrame({**columns, bundled.target: _named(data)})
    choices = (Choice("data.target", bundled.target, f"{name} is about it: {bundled.about}"),)
    return table_of(frame, name, options, choices)


def _loader(name: str) -> Callable[[], Any]:
    from sklearn import datasets

    if name == "load_diabetes":
        return lambda: datasets.load_diabetes(scaled=False)  # in years, mmHg and so on, as measured
    loader: Callable[[], Any] = getattr(datasets, name)
    return loader


def _named(data: Any) -> Any:
    if "target_names" not in data:
        return data.target
    return np.asarray(data.target_names).astype(str)[data.target]
