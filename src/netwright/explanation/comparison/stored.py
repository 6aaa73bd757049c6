"""The numbers that a fitted scikit-learn model keeps, counted without pickling it."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

DEEPEST = 8  # objects inside objects


def arrays_of(model: Any, depth: int = DEEPEST) -> Iterator[NDArray[Any]]:
    """Yield every array inside a fitted model: of its attributes, lists, trees and sparse matrices.

    A tree's nodes are records of several numbers; they are yielded as they lie in memory.
    """
    if isinstance(model, np.ndarray):
        if model.dtype != object:
            yield model
        elif depth:
            for part in model.ravel():
                yield from arrays_of(part, depth - 1)
    elif sparse.issparse(model):
        yield from (model.data, model.indices, model.indptr)
    elif depth:
        for part in _parts(model):
            yield from arrays_of(part, depth - 1)


def _parts(model: Any) -> Iterator[Any]:
    if isinstance(model, list | tuple):
        yield from model
    elif isinstance(model, dict):
        yield from model.values()
    elif type(model).__module__.startswith("sklearn."):
        state = model.__getstate__()  # a tree's arrays are not among its attributes
        yield from state.values() if isinstance(state, dict) else ()


def bytes_of(model: Any) -> int:
    """Return the bytes of a model's arrays, each counted once."""
    return sum(array.nbytes for array in {id(array): array for array in list(arrays_of(model))}.values())
