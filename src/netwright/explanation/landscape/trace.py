"""The trace of an operator as the mean of v . A v over vectors of random signs, with its standard error.

Source: M. Hutchinson, A stochastic estimator of the trace of the influence matrix, 1990.
"""

import math

import torch

from netwright.core.seeds import derive_seed
from netwright.explanation.landscape.curvature import Product


def trace_of(product: Product, size: int, vectors: int, seed: int) -> tuple[float, float]:
    """Return the trace and its standard error.

    Args:
        product: of the operator with a vector, float64 [size].
        size: of the vectors.
        vectors: that the mean is taken over, at least 2.
        seed: of their signs.
    """
    generator = torch.Generator().manual_seed(derive_seed(seed, "trace") % (1 << 63))
    found = []
    for _ in range(vectors):
        signs = torch.randint(0, 2, (size,), generator=generator).double() * 2.0 - 1.0
        found.append(signs @ product(signs))
    drawn = torch.stack(found)
    return float(drawn.mean()), float(drawn.std()) / math.sqrt(vectors)
