"""Products of the loss's Hessian with vectors, without the Hessian.

Source: B. Pearlmutter, Fast exact multiplication by the Hessian, 1994.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel

from netwright.explanation.landscape.subject import Subject, loss_at

Vector = Float[Tensor, " numbers"]
Product = Callable[[Vector], Vector]

EXACT, DIFFERENCES = "exact second derivatives", "differences of gradients"
NEVER_TWICE = ("not implemented", "differentiate twice")
STEP = 1e-3  # of differences, beside the length of the weights
RECURRENT = (nn.RNN, nn.LSTM, nn.GRU)


@dataclass(frozen=True)
class Curvature:
    """The Hessian of a subject as a linear map on flat float64 vectors."""

    product: Product
    size: int
    method: str


@contextmanager
def curvature_of(subject: Subject) -> Iterator[Curvature]:
    """Give products with the Hessian: exact, or by differences where a layer cannot be differentiated twice."""
    recurrent = any(isinstance(part, RECURRENT) for part in subject.module.modules())
    plain = torch.backends.mkldnn.flags(enabled=False) if recurrent else nullcontext()
    with sdpa_kernel(SDPBackend.MATH), plain:
        weights = {name: value.clone().requires_grad_() for name, value in subject.weights.items()}
        size = sum(value.numel() for value in weights.values())
        try:
            exact = _exact(subject, weights)
            exact(torch.ones(size, dtype=torch.float64))
        except RuntimeError as error:  # NotImplementedError is one
            if not any(words in str(error) for words in NEVER_TWICE):
                raise
            yield Curvature(_by_differences(subject, weights), size, DIFFERENCES)
        else:
            yield Curvature(exact, size, EXACT)


def _exact(subject: Subject, weights: dict[str, Tensor]) -> Product:
    values = list(weights.values())
    kept = _gradient(subject, weights, graph=True) if len(subject.blocks) == 1 else None

    def product(vector: Vector) -> Vector:
        total = torch.zeros_like(vector)
        for part, share in _parts(subject):
            gradient = kept or _gradient(part, weights, graph=True)
            total += share * _flat(_turned(gradient, values, _unflat(vector, values), kept is not None))
        return total

    return product


def _parts(subject: Subject) -> Iterator[tuple[Subject, float]]:
    """Yield the subject's blocks of rows, each with its share of the rows."""
    for inputs, targets in subject.blocks:
        yield Subject(subject.module, inputs, targets, subject.loss), len(targets) / subject.rows


def _gradient(subject: Subject, weights: dict[str, Tensor], graph: bool) -> list[Tensor]:
    loss = loss_at(subject, weights)
    return list(torch.autograd.grad(loss, list(weights.values()), create_graph=graph, materialize_grads=True))


def _turned(gradient: Sequence[Tensor], values: list[Tensor], vector: list[Tensor], again: bool) -> list[Tensor]:
    """Return the derivative of gradient . vector; what the gradient does not depend on gets 0."""
    bent = [(one, part) for one, part in zip(gradient, vector, strict=True) if one.requires_grad]
    if not bent:
        return [torch.zeros_like(value) for value in values]
    outputs, directions = [one for one, _ in bent], [part for _, part in bent]
    return list(torch.autograd.grad(outputs, values, directions, retain_graph=again, materialize_grads=True))


def _by_differences(subject: Subject, weights: dict[str, Tensor]) -> Product:
    values = list(weights.values())
    length = max(1.0, float(_flat(values).norm()))

    def product(vector: Vector) -> Vector:
        step = STEP * length / max(float(vector.norm()), 1e-300)
        ahead, behind = (_gradient_off(subject, weights, vector, side * step) for side in (1.0, -1.0))
        return (ahead - behind) / (2.0 * step)

    return product


def _gradient_off(subject: Subject, weights: dict[str, Tensor], vector: Vector, step: float) -> Vector:
    parts = zip(weights.items(), _unflat(vector, list(weights.values())), strict=True)
    there = {name: (value + step * part).detach().requires_grad_() for (name, value), part in parts}
    return sum(
        (share * _flat(_gradient(part, there, graph=False)) for part, share in _parts(subject)),
        torch.zeros_like(vector),
    )


def _flat(parts: Sequence[Tensor]) -> Vector:
    return torch.cat([part.detach().flatten().double().cpu() for part in parts])


def _unflat(vector: Vector, values: list[Tensor]) -> list[Tensor]:
    parts = torch.split(vector, [value.numel() for value in values])
    return [part.view(value.shape).to(value) for part, value in zip(parts, values, strict=True)]
