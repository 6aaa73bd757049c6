from dataclasses import replace

import pytest
import torch
from torch import nn

from netwright.core.values import FLAT
from netwright.training.batches import Batches
from netwright.training.config import TrainingConfig
from netwright.training.fit import fit
from netwright.training.statistics import after_update, before_update, watched_layers, watching

CONFIG = TrainingConfig(epochs=2, batch_size=32, learning_rate=0.1, optimizer="sgd", record_every=1, device="cpu")


def network(activation=nn.Sigmoid):
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(4, 6), nn.BatchNorm1d(6), activation(), nn.Dropout(0.3), nn.Linear(6, 3)).double()


def rows():
    generator = torch.Generator().manual_seed(1)
    x = torch.randn(96, 4, generator=generator, dtype=torch.float64)
    return Batches((x,), (x[:, 0] > 0).long() + (x[:, 1] > 0).long())


def test_each_quantity_is_its_definition():
    module, batches = network(), rows()
    x, y = batches.train_inputs[0], batches.train_targets
    z = x @ module[0].weight.detach().T + module[0].bias.detach()
    z.requires_grad_()
    h = (z - z.mean(0)) / torch.sqrt(z.var(0, correction=0) + module[1].eps)
    a = torch.sigmoid(h)
    with watching(watched_layers(module)) as watch:
        torch.manual_seed(3)
        nn.functional.cross_entropy(module(x), y).backward()
    torch.manual_seed(3)
    nn.functional.cross_entropy(module[4](module[3](a)), y).backward()
    before_update(watch)
    old = module[0].weight.detach().clone()
    with torch.no_grad():
        module[0].weight *= 0.9
    found = after_update(watch)
    slope = (a * (1 - a)).detach()
    assert found.names == ("0", "4")
    assert found.mean == (pytest.approx(a.mean().item()), None)
    assert found.spread == (pytest.approx(a.std(correction=0).item()), None)
    assert found.saturated == (pytest.approx((slope < FLAT).double().mean().item()), None)
    assert found.dead == (0.0, None)
    assert found.delta_norm[0] == pytest.approx(z.grad.norm().item())
    assert found.gradient_norm[0] == pytest.approx(module[0].weight.grad.norm().item())
    assert found.weight_norm[0] == pytest.approx(old.norm().item())
    assert found.update_ratio == (pytest.approx(0.1), 0.0)


def test_dead_and_saturated_units_are_seen():
    module = nn.Sequential(nn.Linear(4, 6), nn.ReLU(), nn.Linear(6, 3)).double()
    with torch.no_grad():
        module[0].bias[:2] = -100.0
    records = []
    fit(module, rows(), CONFIG, (records.append,))
    first = records[0].layers
    assert first.dead[0] == pytest.approx(2 / 6)
    assert 2 / 6 < first.saturated[0] < 1.0
    assert not module[0]._forward_hooks


@pytest.mark.parametrize("engine", ["eager", "fused"])
@pytest.mark.parametrize("activation", [nn.Sigmoid, nn.PReLU])
def test_watching_changes_nothing(engine, activation):
    weights = []
    for statistics in (True, False):
        module, records = network(activation), []
        fit(module, rows(), replace(CONFIG, engine=engine, statistics=statistics), (records.append,))
        assert all((record.layers is not None) == statistics for record in records if record.kind == "step")
        weights.append(torch.cat([tensor.flatten().double() for tensor in module.state_dict().values()]))
    assert torch.equal(*weights)


@pytest.mark.parametrize("engine", ["eager", "fused"])
def test_without_anybody_to_hear_it_the_training_is_the_same(engine):
    weights = []
    for observers in ((), (lambda record: None,)):
        module = network()
        fit(module, rows(), replace(CONFIG, engine=engine, record_every=2), observers)
        weights.append(torch.cat([tensor.flatten() for tensor in module.parameters()]))
    assert torch.equal(*weights)
