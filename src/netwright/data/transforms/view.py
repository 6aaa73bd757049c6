"""The part of a preparation's arrays that another preparation of the numbers would have made: no second copy is."""

from dataclasses import replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from netwright.core.values import InputSpec
from netwright.data.transforms.preparation import Encoder, Preparation
from netwright.data.transforms.quantile_normal import QuantileNormal
from netwright.data.transforms.scale import Scale

Numeric = Literal["both", "robust", "quantile"]


def view_of(preparation: Preparation, numeric: Numeric) -> tuple[NDArray[np.int64], InputSpec]:
    """Return the columns of the numeric input that a network reads, and what it then looks like to it.

    Args:
        preparation: with numbers prepared as "both".
        numeric: both views of each number, or one of them; indicators of missing cells stay.

    Returns:
        Positions [columns] in the numeric input, and the narrower specification.
    """
    kept: list[int] = []
    continuous: list[int] = []
    at = 0
    for encoder in preparation.encoders:
        for position in range(len(encoder.names)):
            measured = position in encoder.continuous
            if measured and _is_other(encoder, numeric):
                continue
            continuous += [len(kept)] if measured else []
            kept.append(at + position)
        at += len(encoder.names)
    spec = replace(preparation.spec, numeric=len(kept), continuous=tuple(continuous))
    return np.array(kept, dtype=np.int64), spec


def _is_other(encoder: Encoder, numeric: Numeric) -> bool:
    others = {"both": (), "robust": (QuantileNormal,), "quantile": (Scale,)}[numeric]
    return type(encoder) in others
