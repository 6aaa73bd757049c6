"""How sharp the loss is at a network: the ends of its Hessian's spectrum, and its trace."""

from netwright.core.landscapes import Sharpness
from netwright.explanation.landscape.curvature import curvature_of
from netwright.explanation.landscape.lanczos import ends_of
from netwright.explanation.landscape.subject import Subject
from netwright.explanation.landscape.trace import trace_of

LARGEST = 5  # eigenvalues
VECTORS = 32  # of the trace


def sharpness_of(subject: Subject, seed: int) -> Sharpness:
    """Measure the Hessian of a subject's loss by all parameters."""
    with curvature_of(subject) as curvature:
        ends = ends_of(curvature.product, curvature.size, LARGEST, seed)
        trace, error = trace_of(curvature.product, curvature.size, VECTORS, seed)
    return Sharpness(
        largest=ends.largest,
        residuals=ends.residuals,
        smallest=ends.smallest,
        converged=ends.converged,
        steps=ends.steps,
        trace=trace,
        trace_error=error,
        vectors=VECTORS,
        parameters=curvature.size,
        rows=subject.rows,
        method=curvature.method,
    )
