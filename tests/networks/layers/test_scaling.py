import torch

from netwright.networks.layers.scaling import Scaling


def test_each_column_has_its_factor_which_starts_at_one():
    layer, x = Scaling(3), torch.randn(5, 3)
    assert torch.equal(layer(x), x)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([0.0, 2.0, -1.0]))
    assert torch.equal(layer(x), torch.stack([0 * x[:, 0], 2 * x[:, 1], -x[:, 2]], dim=1))
