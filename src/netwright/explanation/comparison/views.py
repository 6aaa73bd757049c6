"""The same rows read in two ways, as columns that people prepared and as they come; and by a network's own layers."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from netwright.core.values import InputSpec
from netwright.data import Prepared
from netwright.explanation.comparison.gradients import CELL, gradient_counts
from netwright.explanation.comparison.raw import fit_raw, read_raw
from netwright.training.evaluation.baselines import beside, one_hot, small_images
from netwright.training.evaluation.series_baselines import flat_values
from netwright.training.evaluation.tfidf import weigh

MOST_DENSE = 1000  # columns that networks and boosted trees read: of more, the commonest
Matrix = Any  # float32 [rows, columns], an array or a CSR matrix


@dataclass(frozen=True)
class View:
    """Training rows in nested order, validation and test rows, read in one way. Each part can be sliced by rows."""

    train: Any
    validation: Any
    test: Any

    @property
    def columns(self) -> int:
        return int(self.train.shape[1])

    def dense(self) -> "View":
        """Return arrays of at most MOST_DENSE columns: those that are not 0 in the most training rows."""
        if not sparse.issparse(self.train) and self.columns <= MOST_DENSE:
            return self
        counts = np.asarray((self.train != 0).sum(axis=0)).ravel()
        kept = np.sort(np.argsort(-counts, kind="stable")[:MOST_DENSE])
        parts = (part[:, kept] for part in (self.train, self.validation, self.test))
        return View(*(np.ascontiguousarray(part.toarray() if sparse.issparse(part) else part) for part in parts))


def first(rows: Any, count: int) -> Any:
    """Return the first rows of a part of a view."""
    return rows.rows(slice(0, count)) if isinstance(rows, Prepared) else rows[:count]


@dataclass(frozen=True)
class Rows:
    """The rows of a comparison: prepared, and as frames."""

    train: Prepared  # in nested order
    validation: Prepared
    test: Prepared
    frames: tuple[Any, Any, Any]  # Polars, of the same rows
    columns: tuple[Any, ...]  # of the schema: features
    spec: InputSpec

    @property
    def parts(self) -> tuple[Prepared, Prepared, Prepared]:
        return self.train, self.validation, self.test


def engineered_view(rows: Rows) -> View:
    """Return the rows as people would prepare them for a simple model."""
    spec = rows.spec
    parts: list[Matrix] = [one_hot(part, spec.cardinalities) for part in rows.parts]
    if spec.image is not None:
        parts = [beside(part, _described(prepared, spec)) for part, prepared in zip(parts, rows.parts, strict=True)]
    if spec.series is not None:
        parts = [beside(part, _moving(prepared, spec)) for part, prepared in zip(parts, rows.parts, strict=True)]
    if spec.texts:
        learnt, held = weigh(rows.train, rows.validation, spec.texts)
        weights = (learnt, held, weigh(rows.train, rows.test, spec.texts)[1])
        parts = [sparse.csr_array(sparse.hstack(pair)) for pair in zip(parts, weights, strict=True)]
    return View(*map(_plain, parts))


def _plain(part: Matrix) -> Matrix:
    """Return an array where there is room for one, else a sparse matrix with places that trees can read."""
    if not sparse.issparse(part):
        return part
    if part.shape[1] <= MOST_DENSE:
        return part.toarray()
    indices, starts = part.indices.astype(np.int32), part.indptr.astype(np.int32)
    return sparse.csr_array((part.data.astype(np.float32), indices, starts), shape=part.shape)


def _described(prepared: Prepared, spec: InputSpec) -> NDArray[np.float32]:
    assert spec.image is not None
    plain = replace(spec.image, mean=(0.0,) * spec.image.channels, deviation=(1.0,) * spec.image.channels)
    grey = _images(small_images(prepared, plain), spec.image.channels, (spec.image.height, spec.image.width))
    return gradient_counts(grey)


def _images(flat: NDArray[np.float32], channels: int, sides: tuple[int, int]) -> NDArray[np.float32]:
    """Return grey images of flat ones, at least a cell high and wide."""
    height, width = (side // -(-side // 32) for side in sides)
    grey = flat.reshape(len(flat), channels, height, width).mean(axis=1)
    short = [(0, max(0, CELL - side)) for side in (height, width)]
    return np.asarray(np.pad(grey, [(0, 0), *short]), dtype=np.float32)


def _moving(prepared: Prepared, spec: InputSpec) -> NDArray[np.float32]:
    """Return standardised values, and how much each differs from the one before."""
    assert spec.series is not None
    values = flat_values(prepared, spec.series)
    by_channel = values.reshape(len(values), spec.series.channels, -1)
    return np.concatenate([values, np.diff(by_channel, axis=2).reshape(len(values), -1)], axis=1)


def raw_view(rows: Rows) -> View:
    """Return the rows as they come."""
    learnt = fit_raw(rows.frames[0], rows.columns)
    parts: list[Matrix] = [read_raw(frame, learnt) for frame in rows.frames]
    if (image := rows.spec.image) is not None:
        plain = replace(image, mean=(0.0,) * image.channels, deviation=(1.0,) * image.channels)
        parts = [beside(part, small_images(one, plain)) for part, one in zip(parts, rows.parts, strict=True)]
    if (series := rows.spec.series) is not None:
        bare = replace(series, mean=(0.0,) * series.channels, deviation=(1.0,) * series.channels)
        parts = [beside(part, flat_values(one, bare)) for part, one in zip(parts, rows.parts, strict=True)]
    return View(*parts)


def said_of(spec: InputSpec) -> tuple[str, str]:
    """Return in words what the engineered and what the raw columns are."""
    made, plain = [], []
    if spec.numeric or spec.cardinalities:
        made.append("numbers scaled by quartiles and beside it by rank, a column of 0 and 1 for each category")
        plain.append("numbers as they are, categories by their place in the alphabet, the median where one is missing")
    if spec.texts:
        made.append("words and pairs of words weighted by how seldom they are (TF-IDF)")
        plain.append("counts of words, hashed to 256 columns")
    if spec.image is not None:
        made.append("histograms of oriented gradients, cell by cell")
        plain.append("grey values 0 to 255 of pixels, or of blocks of them")
    if spec.series is not None:
        made.append("standardised values and their differences")
        plain.append("values as they are")
    return "; ".join(made), "; ".join(plain)
