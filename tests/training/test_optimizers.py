import pytest
import torch
from torch import nn

from netwright.networks.parameters import parameter_groups
from netwright.training.config import TrainingConfig
from netwright.training.optimizers import (
    OPTIMIZERS,
    Muon,
    hidden_weights,
    make_updater,
    orthogonalize,
    restore_updater,
    update,
    updater_tensors,
)
from tests.training.small_runs import make_module


def with_gradients(module):
    torch.manual_seed(0)
    for parameter in module.parameters():
        parameter.grad = torch.randn_like(parameter)
    return module


def test_vectors_are_not_decayed_unless_asked():
    module = make_module()
    (matrices,) = make_updater(module, TrainingConfig(weight_decay=0.1)).shrunk.values()
    assert {p.ndim for p in matrices} == {2}
    (everything,) = make_updater(module, TrainingConfig(weight_decay=0.1, decay_norms_and_biases=True)).shrunk.values()
    assert len(everything) == len(list(module.parameters()))
    assert not make_updater(module, TrainingConfig()).shrunk


def test_a_decay_factor_decides_for_its_group_alone():
    module = make_module()
    before = {name: p.detach().clone() for name, p in module.named_parameters()}
    config = TrainingConfig(optimizer="sgd", weight_decay=0.5, decay_factors={"bias": 1.0, "weight": 0.0})
    with torch.no_grad():
        for p in module.parameters():
            p.add_(1.0)
            p.grad = torch.zeros_like(p)
    update(make_updater(module, config), config, 0.1)
    kept = {"bias": 0.95, "categorical_embedding": 0.95}
    for name, group in parameter_groups(module).items():
        torch.testing.assert_close(module.get_parameter(name), (before[name] + 1.0) * kept.get(group, 1.0))


def test_a_rate_factor_of_nothing_freezes_its_group():
    module = make_module()
    before = {name: p.detach().clone() for name, p in module.named_parameters()}
    config = TrainingConfig(weight_decay=0.5, rate_factors={"weight": 0.0})
    update(make_updater(with_gradients(module), config), config, 0.1)
    for name, group in parameter_groups(module).items():
        assert torch.equal(module.get_parameter(name), before[name]) == (group == "weight"), name


def test_without_factors_torch_has_one_group():
    (part,) = make_updater(make_module(), TrainingConfig()).parts
    assert len(part.param_groups) == 1


def test_frozen_parameters_are_left_alone():
    module = make_module()
    module.output.requires_grad_(False)
    before = module.output.weight.clone()
    config = TrainingConfig(weight_decay=0.5, l1=0.5)
    update(make_updater(with_gradients(module), config), config, 0.1)
    assert torch.equal(module.output.weight, before)


def test_muon_takes_hidden_matrices_and_adam_the_rest():
    module = make_module()
    muon, adam = make_updater(module, TrainingConfig(optimizer="muon")).parts
    assert isinstance(muon, Muon)
    assert [len(group["params"]) for group in muon.param_groups] == [2] == [len(hidden_weights(module))]
    assert len(adam.param_groups[0]["params"]) == len(list(module.parameters())) - 2


def test_muon_without_hidden_layers_is_adam():
    (only,) = make_updater(nn.Linear(3, 2), TrainingConfig(optimizer="muon")).parts
    assert isinstance(only, torch.optim.Adam)


@pytest.mark.parametrize("shape", [(8, 8), (4, 9), (9, 4)])
def test_orthogonalize_brings_singular_values_near_one(shape):
    torch.manual_seed(0)
    values = torch.linalg.svdvals(orthogonalize(torch.randn(shape, dtype=torch.float64)))
    assert values.min() > 0.3
    assert values.max() < 1.3


def test_l1_leaves_exact_zeros():
    module = make_module()
    config = TrainingConfig(l1=5.0, learning_rate=0.01)
    for _ in range(30):
        update(make_updater(with_gradients(module), config), config, 0.01)
    weights = torch.cat([p.detach().flatten() for p in module.parameters() if p.ndim > 1])
    assert (weights == 0).float().mean() > 0.3


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_what_an_optimizer_remembers_can_be_put_back(name):
    config = TrainingConfig(optimizer=name)
    first, second = with_gradients(make_module()), with_gradients(make_module())
    updater, fresh = make_updater(first, config), make_updater(second, config)
    update(updater, config, 0.01)
    second.load_state_dict(first.state_dict())
    restore_updater(fresh, {key: value.clone() for key, value in updater_tensors(updater).items()})
    for one in (updater, fresh):
        update(one, config, 0.01)
    assert all(torch.equal(p, q) for p, q in zip(first.parameters(), second.parameters(), strict=True))


def test_muon_finds_its_direction_in_bfloat16_only_where_the_training_computes_in_it():
    found = {}
    for precision in ("float32", "bfloat16"):
        torch.manual_seed(0)
        module = torch.nn.Sequential(torch.nn.Linear(6, 8), torch.nn.Linear(8, 2))
        config = TrainingConfig(optimizer="muon", precision=precision)
        updater = make_updater(module, config)
        before = module[0].weight.detach().clone()
        module(torch.ones(3, 6)).square().sum().backward()
        update(updater, config, 0.1)
        found[precision] = module[0].weight.detach() - before
        assert module[0].weight.dtype == torch.float32
    difference = (found["float32"] - found["bfloat16"]).norm() / found["float32"].norm()
    assert 0.0 < difference < 0.1


def test_matrices_of_one_shape_move_together_as_each_alone():
    torch.manual_seed(0)
    weights = [nn.Parameter(torch.randn(6, 4)) for _ in range(3)]
    twins = [nn.Parameter(weight.detach().clone()) for weight in weights]
    for weight, twin in zip(weights, twins, strict=True):
        weight.grad = twin.grad = torch.randn(6, 4)
    together, alone = (Muon([{"params": some}], 0.1, 0.9) for some in (weights, twins))
    with torch.no_grad():
        together._move(weights, together.param_groups[0])
        for twin in twins:
            alone._move([twin], alone.param_groups[0])
    for weight, twin in zip(weights, twins, strict=True):
        assert torch.allclose(weight, twin, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("optimizer", ["adam", "adamw", "muon"])
def test_rates_in_tensors_are_as_good_as_numbers(optimizer):
    config = TrainingConfig(optimizer=optimizer, weight_decay=0.1)
    modules = []
    for numbers in (True, False):
        module = with_gradients(make_module())
        updater = make_updater(module, config)
        for rate, decay in ((0.01, 1.0), (0.003, 0.5)):
            given = (rate, decay) if numbers else (torch.tensor(rate), torch.tensor(decay))
            update(updater, config, *given)
        modules.append(module)
    for one, other in zip(*(module.parameters() for module in modules), strict=True):
        assert torch.allclose(one, other, rtol=1e-5, atol=1e-7)
