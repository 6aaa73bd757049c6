import pytest
import torch

from netwright.explanation.landscape.curvature import curvature_of
from netwright.explanation.landscape.trace import trace_of
from tests.explanation.landscape.nets import bowl_subject, tiny_subject, whole_hessian


def test_the_trace_lies_within_its_error_of_the_exact_one():
    subject = tiny_subject()
    truth = float(whole_hessian(subject).trace())
    with curvature_of(subject) as curvature:
        off = [trace_of(curvature.product, curvature.size, 100, seed) for seed in range(10)]
    within = [abs(trace - truth) <= 2.0 * error for trace, error in off]
    assert sum(within) >= 8, off
    assert max(error for _, error in off) < 0.2 * abs(truth)


def test_a_diagonal_operator_has_its_trace_without_error():
    with curvature_of(bowl_subject([5.0, 2.0, -1.0])) as curvature:
        assert trace_of(curvature.product, curvature.size, 4, 0) == (pytest.approx(6.0), pytest.approx(0.0, abs=1e-12))


def test_more_vectors_make_the_error_smaller():
    matrix = torch.randn(30, 30, dtype=torch.float64)
    matrix = matrix + matrix.T
    few, many = (trace_of(lambda v: matrix @ v, 30, count, 0)[1] for count in (20, 2000))
    assert many == pytest.approx(few / 10, rel=0.5)
