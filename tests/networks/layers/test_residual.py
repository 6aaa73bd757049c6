import torch
from torch import nn

from netwright.networks.layers.residual import Residual


def test_adds_the_input_to_the_block():
    block, x = nn.Linear(3, 3), torch.randn(5, 3)
    assert torch.equal(Residual(block, 3, 3)(x), x + block(x))


def test_projects_where_widths_differ():
    layer, x = Residual(nn.Linear(3, 4), 3, 4), torch.randn(5, 3)
    nn.init.ones_(layer.shortcut.weight)
    assert torch.allclose(layer(x), x.sum(1, keepdim=True) + layer.block(x))
