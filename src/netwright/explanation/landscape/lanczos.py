"""The ends of a symmetric operator's spectrum by Lanczos, every vector made orthogonal to all before it, twice.

Without that, rounding brings eigenvalues back that were found before (C. Paige, 1971); twice is enough (B. Parlett,
The symmetric eigenvalue problem, 1980).
"""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from netwright.core.seeds import derive_seed
from netwright.explanation.landscape.curvature import Product

Basis = Float[Tensor, "step numbers"]
Vector = Float[Tensor, " numbers"]

MOST_STEPS = 100
MOST_BYTES = 1 << 29  # of the vectors that are kept
LOST = 1e-10  # beside the operator's size: nothing new is left in this direction
EVERY = 10  # steps between two looks at what is found


@dataclass(frozen=True)
class Ends:
    """The largest eigenvalues and the smallest one, with how far off their equation each is."""

    largest: tuple[float, ...]
    residuals: tuple[float, ...]
    smallest: float
    smallest_residual: float
    steps: int
    converged: bool


def ends_of(product: Product, size: int, count: int, seed: int, tolerance: float = 1e-3) -> Ends:
    """Find the `count` largest eigenvalues and the smallest one.

    Args:
        product: of the operator with a vector, float64 [size].
        size: of the vectors.
        count: of the largest eigenvalues.
        seed: of the first vector.
        tolerance: a residual is small below this times the largest eigenvalue by size.
    """
    limit = max(1, min(size, MOST_STEPS, MOST_BYTES // (8 * size)))
    generator = torch.Generator().manual_seed(derive_seed(seed, "lanczos") % (1 << 63))
    basis = torch.empty(limit, size, dtype=torch.float64)
    diagonal, beside = torch.zeros(limit, dtype=torch.float64), torch.zeros(limit, dtype=torch.float64)
    basis[0] = _unit(torch.randn(size, generator=generator, dtype=torch.float64))
    for step in range(limit):
        following = product(basis[step])
        diagonal[step] = basis[step] @ following
        following = orthogonal(following, basis[: step + 1])
        beside[step] = following.norm()
        found = step + 1
        if found == limit:
            break
        if found % EVERY == 0:
            ends = _ends(diagonal[:found], beside[:found], count, tolerance, found == size)
            if ends.converged:
                return ends
        if float(beside[step]) <= LOST * max(float(diagonal[:found].abs().max()), 1e-300):
            beside[step] = 0.0  # all that the first vector reaches is found: begin again beside it
            following = orthogonal(torch.randn(size, generator=generator, dtype=torch.float64), basis[:found])
        basis[found] = _unit(following)
    return _ends(diagonal, beside, count, tolerance, limit == size)


def orthogonal(vector: Vector, basis: Basis) -> Vector:
    """Take out of a vector what lies in the span of orthonormal ones."""
    for _ in range(2):
        vector = vector - basis.T @ (basis @ vector)
    return vector


def _unit(vector: Vector) -> Vector:
    length: Tensor = torch.linalg.vector_norm(vector)
    return vector / length


def _ends(diagonal: Tensor, beside: Tensor, count: int, tolerance: float, whole: bool) -> Ends:
    """Read eigenvalues off the tridiagonal matrix; `whole`: it is as large as the operator, so nothing is left."""
    matrix = torch.diag(diagonal) + torch.diag(beside[:-1], 1) + torch.diag(beside[:-1], -1)
    values, vectors = torch.linalg.eigh(matrix)
    off = torch.zeros_like(values) if whole else (beside[-1] * vectors[-1]).abs()
    largest, residuals = values.flip(0)[:count], off.flip(0)[:count]
    allowed = tolerance * max(float(values.abs().max()), 1e-300)
    converged = bool(residuals.max() <= allowed) and float(off[0]) <= allowed and (whole or len(values) > count)
    return Ends(
        tuple(largest.tolist()),
        tuple(residuals.tolist()),
        float(values[0]),
        float(off[0]),
        len(values),
        converged,
    )
