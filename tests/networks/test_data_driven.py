import copy

import pytest
import torch
from torch import nn

from netwright.core.values import InputSpec
from netwright.networks import MLPConfig, build, fit_to_rows
from netwright.networks.data_driven import MOST_ROWS

SPEC = InputSpec(4, (3,), 2, "multiclass", continuous=(0, 1, 3))
GENERATOR = torch.Generator().manual_seed(0)
ROWS = (
    5.0 + 3.0 * torch.randn(700, 4, dtype=torch.float64, generator=GENERATOR),
    torch.randint(0, 3, (700, 1), generator=GENERATOR),
)


def built(seed=0, **settings):
    config = MLPConfig(**{"hidden_sizes": (9, 8), "initialization": "data_driven", **settings})
    return build("mlp", config, SPEC, seed).double()


def fitted(seed=0, rows=ROWS, **settings):
    module = built(seed, **settings)
    fit_to_rows(module, rows, torch.zeros(len(rows[0])), seed)
    return module


def reaching(module):
    """Each linear layer with what it makes of the rows."""
    seen, layers = [], [layer for layer in module.modules() if isinstance(layer, nn.Linear)]
    hooks = [layer.register_forward_hook(lambda layer, _, z: seen.append((layer, z))) for layer in layers]
    module.eval()(*ROWS)
    for hook in hooks:
        hook.remove()
    return seen


NETWORKS = {
    "plain": {"normalization": "none"},
    "dropout and batch norm": {},
    "residual": {"hidden_sizes": (9, 9, 5), "residual": True, "normalization": "none"},
    "embedded": {"numeric_embedding": "piecewise", "scaling": True, "parametric": True, "activation": "mish"},
}


@pytest.mark.parametrize("name", NETWORKS)
def test_every_unit_starts_with_deviation_one_and_bends_among_the_rows(name):
    found = reaching(fitted(**NETWORKS[name]))
    assert len(found) >= 3
    for layer, z in found:
        assert torch.allclose(z.std(0, correction=0), torch.ones(1, dtype=z.dtype), atol=1e-9)
        if layer.bias is not None:
            assert (z.min(0).values < 0).all()
            assert (z.max(0).values > 0).all()


@pytest.mark.parametrize("name", NETWORKS)
def test_directions_stay_those_that_were_drawn(name):
    one, other = built(**NETWORKS[name]), fitted(**NETWORKS[name])
    for layer, twin in zip(one.modules(), other.modules(), strict=True):
        if isinstance(layer, nn.Linear):
            assert torch.allclose(nn.functional.normalize(layer.weight), nn.functional.normalize(twin.weight))


def test_the_seed_decides_and_nothing_else():
    torch.manual_seed(1)
    before = torch.get_rng_state()
    one, same, other = fitted(), fitted(), fitted(seed=1)
    assert torch.equal(torch.get_rng_state(), before)
    assert all(torch.equal(a, b) for a, b in zip(one.parameters(), same.parameters(), strict=True))
    assert not torch.equal(one.hidden[0].bias, other.hidden[0].bias)
    assert one.training
    assert not any(layer._forward_pre_hooks for layer in one.modules())


def test_other_initialisations_are_left_alone():
    module = built(initialization="auto")
    before = copy.deepcopy(module.state_dict())
    fit_to_rows(module, ROWS, torch.zeros(len(ROWS[0])), 0)
    assert all(torch.equal(tensor, before[name]) for name, tensor in module.state_dict().items())


@pytest.mark.parametrize("rows", [1, MOST_ROWS + 5])
def test_few_rows_and_many(rows):
    rows = tuple(part[torch.arange(rows) % 700] for part in ROWS)
    module = fitted(rows=rows, normalization="none")
    assert all(torch.isfinite(parameter).all() for parameter in module.parameters())
    assert module(*rows).abs().max() < 100
