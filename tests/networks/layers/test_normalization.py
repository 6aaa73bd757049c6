import pytest
import torch

from netwright.core.errors import RecipeError
from netwright.networks.layers.normalization import make_normalization


@pytest.mark.parametrize(("name", "axis"), [("batch", 0), ("layer", 1)])
def test_normalises_over_its_axis(name, axis):
    z = 3 + 2 * torch.randn(50, 40, dtype=torch.float64)
    y = make_normalization(name, 40).double()(z)
    assert torch.allclose(y.mean(axis), torch.zeros(1, dtype=torch.float64), atol=1e-12)
    assert torch.allclose(y.var(axis, unbiased=False), torch.ones(1, dtype=torch.float64), atol=1e-4)


def test_a_wrong_name_is_refused_with_the_nearest():
    with pytest.raises(RecipeError, match="did you mean 'layer'"):
        make_normalization("lyaer", 3)
