"""What is normalised by a window comes back as it was."""

import pytest
import torch

from netwright.networks.layers.reversible_norm import NORMS


@pytest.mark.parametrize("name", NORMS)
def test_the_inverse_undoes_it(name):
    norm, x = NORMS[name](), 50.0 + 3.0 * torch.randn(6, 20, dtype=torch.float64)
    level = norm.measure(x)
    assert torch.allclose(norm.inverse(norm(x, level).unsqueeze(1), level)[:, 0], x)


def test_revin_gives_each_window_mean_0_and_size_1():
    norm, x = NORMS["revin"](), torch.randn(6, 50, dtype=torch.float64) * 10 + torch.arange(6.0)[:, None]
    z = norm(x, norm.measure(x))
    assert torch.allclose(z.mean(dim=1), torch.zeros(6, dtype=torch.float64), atol=1e-9)
    assert torch.allclose(z.std(dim=1, correction=0), torch.ones(6, dtype=torch.float64), atol=1e-6)


def test_a_window_that_stands_still_is_no_division_by_0():
    norm, x = NORMS["revin"](), torch.full((2, 8), 4.0)
    assert norm(x, norm.measure(x)).abs().max() < 1e-3


def test_the_last_value_becomes_0():
    norm, x = NORMS["last"](), torch.randn(4, 9)
    assert (norm(x, norm.measure(x))[:, -1] == 0).all()
