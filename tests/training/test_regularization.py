import pytest
import torch
from torch import nn

from netwright.training.regularization import (
    add_coupled_decay,
    clip_by_norm,
    clip_by_value,
    gradient_norm,
    shrink,
    soft_threshold,
)


def parameters():
    torch.manual_seed(0)
    found = [nn.Parameter(torch.randn(3, 4)), nn.Parameter(torch.randn(5))]
    for parameter in found:
        parameter.grad = torch.randn_like(parameter)
    return found


def test_soft_threshold_leaves_exact_zeros_and_moves_the_rest_by_the_same():
    weight = torch.tensor([0.3, -0.3, 0.05, -0.05, 0.1])
    soft_threshold([weight], 0.5, 0.2)
    assert torch.allclose(weight, torch.tensor([0.2, -0.2, 0.0, 0.0, 0.0]))
    assert (weight[2:] == 0).all()


@torch.no_grad()
def test_shrink_and_coupled_decay():
    found = parameters()
    before, gradients = [p.clone() for p in found], [p.grad.clone() for p in found]
    shrink(found, 0.1, 0.5)
    assert all(torch.allclose(p, 0.95 * old) for p, old in zip(found, before, strict=True))
    add_coupled_decay(found, 2.0)
    assert all(torch.allclose(p.grad, g + 2.0 * p) for p, g in zip(found, gradients, strict=True))


@pytest.mark.parametrize("limit", [0.5, 1e6])
def test_clipping_by_norm_keeps_the_direction(limit):
    found = parameters()
    whole = torch.cat([p.grad.flatten() for p in found])
    norm = gradient_norm(found)
    assert norm.item() == pytest.approx(whole.norm().item())
    clip_by_norm(found, limit, norm)
    clipped = torch.cat([p.grad.flatten() for p in found])
    assert clipped.norm().item() == pytest.approx(min(limit, whole.norm().item()), rel=1e-4)
    assert torch.cosine_similarity(whole, clipped, dim=0).item() == pytest.approx(1.0)


def test_clipping_by_value():
    found = parameters()
    before = [p.grad.clone() for p in found]
    clip_by_value(found, 0.3)
    assert all(torch.equal(p.grad, g.clamp(-0.3, 0.3)) for p, g in zip(found, before, strict=True))
