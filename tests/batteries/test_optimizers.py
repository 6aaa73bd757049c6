"""Every optimizer: 100 steps against the float64 NumPy reference. A new one is one row of tests/oracles/optimizers."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from netwright.training.config import TrainingConfig, validate
from netwright.training.optimizers import OPTIMIZERS, hidden_weights, make_updater, update
from tests.oracles.optimizers import RULES, rule_for, trajectory

STEPS = 100
FORMS = {
    "no decay": {},
    "decoupled": {"weight_decay": 0.1},
    "coupled": {"weight_decay": 0.1, "weight_decay_form": "coupled"},
    "l1": {"l1": 0.02},
    "all decayed": {"weight_decay": 0.1, "decay_norms_and_biases": True},
    "factors": {
        "weight_decay": 0.1,
        "l1": 0.02,
        "rate_factors": {"bias": 0.5, "weight": 2.0},
        "decay_factors": {"bias": 0.3, "weight": 0.0},
    },
}


def test_the_battery_has_every_optimizer():
    assert set(OPTIMIZERS) == {*RULES, "muon"}


def network(dtype):
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(5, 4), nn.Tanh(), nn.Linear(4, 6), nn.Tanh(), nn.Linear(6, 2)).to(dtype)


def gradients_for(module):
    generator = np.random.default_rng(1)
    return {name: generator.normal(size=(STEPS, *p.shape)) * 0.3 for name, p in module.named_parameters()}


def own_config(config, group):
    """The config of a network that holds nothing but this group: the reference knows no factors."""
    rate, usual = config.rate_factors.get(group, 1.0), float(group == "weight" or config.decay_norms_and_biases)
    decay = config.weight_decay * config.decay_factors.get(group, usual)
    return replace(config, learning_rate=config.learning_rate * rate, weight_decay=decay)


CASES = [(name, form) for name in OPTIMIZERS for form in FORMS if (name, form) != ("adamw", "coupled")]


@pytest.mark.parametrize(("name", "form"), CASES)
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float64, 1e-6), (torch.float32, 1e-5)], ids=["fp64", "fp32"])
def test_hundred_steps_are_those_of_the_reference(name, form, dtype, tolerance):
    config = replace(TrainingConfig(optimizer=name, learning_rate=0.01), **FORMS[form])
    validate(config)
    module = network(dtype)
    gradients = {key: value.astype(np.float32) for key, value in gradients_for(module).items()}
    hidden = {id(weight) for weight in hidden_weights(module)}
    expected = {
        key: trajectory(
            p.detach().numpy(),
            gradients[key],
            rule_for(name, id(p) in hidden),
            own_config(config, "weight" if p.ndim > 1 else "bias"),
            p.ndim > 1 or config.decay_norms_and_biases,
        )
        for key, p in module.named_parameters()
    }
    updater = make_updater(module, config)
    for step in range(STEPS):
        for key, p in module.named_parameters():
            p.grad = torch.from_numpy(gradients[key][step]).to(dtype)
        update(updater, config, config.learning_rate)
    for key, p in module.named_parameters():
        difference = np.linalg.norm(p.detach().numpy() - expected[key]) / np.linalg.norm(expected[key])
        assert difference < tolerance, key


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_goes_down_a_bowl(name):
    torch.manual_seed(0)
    module = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 1)).double()
    x = torch.randn(64, 4, dtype=torch.float64)
    y = x.sum(1, keepdim=True)
    config = TrainingConfig(optimizer=name, learning_rate=0.02)
    updater = make_updater(module, config)
    losses = []
    for _ in range(150):
        module.zero_grad()
        loss = nn.functional.mse_loss(module(x), y)
        loss.backward()
        losses.append(loss.item())
        update(updater, config, config.learning_rate)
    assert losses[-1] < 0.1 * losses[0]
