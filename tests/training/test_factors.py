"""The parametrization "ntk" against the network that it speaks of: V trained, W = V / sqrt(n) used."""

from dataclasses import replace

import pytest
import torch
from torch import nn

from netwright.training.config import TrainingConfig
from netwright.training.factors import treatments
from netwright.training.optimizers import OPTIMIZERS, make_updater, update
from tests.training.small_runs import make_module

CONFIG = TrainingConfig(learning_rate=0.01, epsilon=1e-100, l1=0.02, weight_decay=0.5, rate_factors={"weight": 3.0})


class Behind(nn.Linear):
    """W = V / sqrt(n), V the parameter."""

    def forward(self, x):
        return nn.functional.linear(x, self.weight / self.in_features**0.5, self.bias)


def twins():
    torch.manual_seed(0)
    plain = nn.Sequential(nn.Linear(7, 5), nn.Tanh(), nn.Linear(5, 4), nn.Tanh(), nn.Linear(4, 2)).double()
    behind = nn.Sequential(Behind(7, 5), nn.Tanh(), Behind(5, 4), nn.Tanh(), Behind(4, 2)).double()
    behind.load_state_dict(plain.state_dict())
    with torch.no_grad():
        for layer in behind[::2]:
            layer.weight *= layer.in_features**0.5
    return plain, behind


@pytest.mark.parametrize("form", ["decoupled", "coupled"])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_ntk_is_training_behind_the_factor(optimizer, form):
    plain, behind = twins()
    config = replace(CONFIG, optimizer=optimizer, weight_decay_form=form)
    ours = replace(config, parametrization="ntk")
    updaters = ((plain, make_updater(plain, ours), ours), (behind, make_updater(behind, config), config))
    for step in range(10):
        x = torch.randn(9, 7, dtype=torch.float64, generator=torch.Generator().manual_seed(step))
        for module, updater, own in updaters:
            module.zero_grad()
            module(x).square().sum().backward()
            update(updater, own, own.learning_rate)
    start, _ = twins()
    for one, other, first in zip(plain[::2], behind[::2], start[::2], strict=True):
        assert torch.allclose(one.weight, other.weight / one.in_features**0.5, rtol=1e-6, atol=1e-9)
        assert torch.allclose(one.bias, other.bias, rtol=1e-6, atol=1e-9)
        assert (one.weight - first.weight).abs().max() > 1e-3


def test_ntk_leaves_all_but_weight_matrices_alone():
    module = make_module(scaling=True, numeric_embedding="periodic")
    standard, ntk = (treatments(module, replace(CONFIG, parametrization=name)) for name in ("standard", "ntk"))
    assert {name for name in ntk if ntk[name] != standard[name]} == {
        "hidden.0.weight", "hidden.4.weight", "output.weight",
    }  # fmt: skip
