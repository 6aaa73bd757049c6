import pytest
import torch
from torch import nn

from netwright.explanation.landscape.curvature import DIFFERENCES, EXACT, curvature_of
from netwright.explanation.landscape.subject import Subject
from tests.explanation.landscape.nets import tiny_subject, whole_hessian


@pytest.mark.parametrize("block", [None, 7])
def test_products_are_those_of_the_whole_hessian_in_one_block_or_many(block):
    subject = tiny_subject(block=block)
    hessian = whole_hessian(subject)
    vector = torch.randn(len(hessian), dtype=torch.float64)
    with curvature_of(subject) as curvature:
        assert curvature.method == EXACT
        assert curvature.size == len(hessian)
        torch.testing.assert_close(curvature.product(vector), hessian @ vector, rtol=1e-9, atol=1e-11)


class OnceOnly(torch.autograd.Function):
    """tanh, whose derivative cannot be differentiated."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x.tanh())
        return x.tanh()

    @staticmethod
    def backward(ctx, gradient):
        (answer,) = ctx.saved_tensors
        if torch.is_grad_enabled():
            raise NotImplementedError("second derivative of OnceOnly is not implemented")
        return gradient * (1.0 - answer**2)


class Once(nn.Module):
    def forward(self, x):
        return OnceOnly.apply(x)


def test_a_layer_that_cannot_be_differentiated_twice_is_measured_by_differences():
    plain = tiny_subject()
    module = nn.Sequential(plain.module[0], Once(), plain.module[2]).eval()
    subject = Subject(module, plain.inputs, plain.targets, plain.loss)
    hessian = whole_hessian(plain)
    vector = torch.randn(len(hessian), dtype=torch.float64)
    with curvature_of(subject) as curvature:
        assert curvature.method == DIFFERENCES
        torch.testing.assert_close(curvature.product(vector), hessian @ vector, rtol=1e-3, atol=1e-4)


def test_another_error_of_the_network_is_not_hidden():
    plain = tiny_subject()
    wrong = Subject(plain.module, (torch.ones(40, 9).double(),), plain.targets, plain.loss)
    with pytest.raises(RuntimeError, match="shape"), curvature_of(wrong):
        pass
