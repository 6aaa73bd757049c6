import pytest
import torch

from netwright.explanation.landscape.curvature import curvature_of
from netwright.explanation.landscape.lanczos import ends_of, orthogonal
from tests.explanation.landscape.nets import bowl_subject, tiny_subject, whole_hessian


@pytest.mark.parametrize("seed", [0, 1])
def test_the_ends_are_those_of_the_whole_spectrum(seed):
    subject = tiny_subject(seed)
    truth = torch.linalg.eigvalsh(whole_hessian(subject)).flip(0)
    with curvature_of(subject) as curvature:
        found = ends_of(curvature.product, curvature.size, 5, seed, tolerance=1e-9)
    assert found.converged
    torch.testing.assert_close(torch.tensor(found.largest).double(), truth[:5], rtol=1e-6, atol=1e-6)
    assert found.smallest == pytest.approx(float(truth[-1]), abs=1e-6)


def test_a_bowl_has_its_eigenvalues_those_that_repeat_as_often_as_they_do():
    with curvature_of(bowl_subject([9.0, 9.0, 4.0, 1.0, 1.0, -2.0])) as curvature:
        found = ends_of(curvature.product, curvature.size, 5, 0)
    assert found.largest == pytest.approx((9.0, 9.0, 4.0, 1.0, 1.0), abs=1e-9)
    assert found.smallest == pytest.approx(-2.0, abs=1e-9)


def test_a_large_spectrum_is_found_to_the_tolerance_and_its_residuals_say_so():
    truth = torch.cat([torch.tensor([50.0, 40.0, 30.0, 20.0, 10.0, -8.0]), torch.linspace(-1, 1, 3000)]).double()
    found = ends_of(lambda vector: truth * vector, len(truth), 5, 0)
    assert found.converged
    assert found.steps < 100
    assert found.largest == pytest.approx((50.0, 40.0, 30.0, 20.0, 10.0), abs=0.05)
    assert max(found.residuals) <= 0.05


def test_what_cannot_be_told_apart_in_the_steps_there_are_is_said_not_to_have_converged():
    truth = torch.linspace(0.0, 1.0, 3_000, dtype=torch.float64) ** 0.25
    found = ends_of(lambda vector: truth * vector, len(truth), 5, 0, tolerance=1e-8)
    assert not found.converged


def test_vectors_stay_orthogonal():
    basis = torch.linalg.qr(torch.randn(50, 20, dtype=torch.float64)).Q.T
    rest = orthogonal(torch.randn(50, dtype=torch.float64) + 1e8 * basis[3], basis)
    assert float((basis @ rest).abs().max()) < 1e-9 * float(rest.norm())
