import pytest
import torch
from torch import nn

from netwright.core.values import InputSpec
from netwright.explanation.landscape.directions import filter_norms, moved, random_direction
from netwright.explanation.landscape.subject import Subject
from netwright.explanation.landscape.surface import grid, surface_of
from netwright.networks import MLPConfig, build

NET = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Linear(16, 5))


def test_each_filter_of_a_direction_is_as_long_as_the_weights_filter():
    direction = random_direction(NET, 0, 1)
    for name in ("0.weight", "4.weight"):
        own = dict(NET.named_parameters())[name].detach()
        torch.testing.assert_close(filter_norms(direction[name]), filter_norms(own))
    assert filter_norms(direction["0.weight"]).shape == (4,)


def test_biases_and_norms_do_not_move():
    direction = random_direction(NET, 0, 1)
    assert all(not direction[name].any() for name in ("0.bias", "1.weight", "1.bias", "4.bias"))


def test_a_head_of_members_has_a_filter_for_each_member_and_output():
    spec = InputSpec(4, (), 3, "multiclass", continuous=(0, 1, 2, 3))
    module = build("mlp", MLPConfig((6,), members=2), spec, 0)
    direction = random_direction(module, 0, 1)["output.weight"]
    torch.testing.assert_close(filter_norms(direction, 2), filter_norms(module.output.weight.detach(), 2))


def test_seed_and_number_alone_say_what_a_direction_is():
    one, same, other, second = (random_direction(NET, *key)["4.weight"] for key in ((0, 1), (0, 1), (1, 1), (0, 2)))
    assert torch.equal(one, same)
    assert not torch.equal(one, other)
    assert not torch.equal(one, second)


@pytest.mark.parametrize("factor", [4.0, 0.125])
def test_a_network_that_computes_the_same_with_scaled_layers_has_the_same_surface(factor):
    torch.manual_seed(0)
    plain = nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.Linear(8, 2)).double()
    scaled = nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.Linear(8, 2)).double()
    scaled.load_state_dict(plain.state_dict())
    with torch.no_grad():
        scaled[0].weight *= factor
        scaled[0].bias *= factor
        scaled[2].weight /= factor
    x, y = torch.randn(20, 3, dtype=torch.float64), torch.randint(0, 2, (20,))
    found = [_surface(module, x, y) for module in (plain, scaled)]
    torch.testing.assert_close(found[0], found[1], rtol=1e-12, atol=1e-12)
    raw = [_surface(module, x, y, raw=True) for module in (plain, scaled)]
    assert not torch.allclose(raw[0], raw[1], rtol=1e-2), "without the normalisation the surfaces differ"


def _surface(module, x, y, raw=False):
    subject = Subject(module, (x,), y, nn.functional.cross_entropy)
    plane = tuple(random_direction(module, 0, number) for number in (1, 2))
    if raw:
        plane = tuple({name: _unscaled(value) for name, value in one.items()} for one in plane)
    steps = grid(1.0, 5)
    return torch.tensor(surface_of(subject, plane, steps, steps).losses)


def test_a_step_moves_the_weights_along_the_direction():
    weights, direction = {"w": torch.ones(2)}, {"w": torch.tensor([1.0, -2.0])}
    assert torch.equal(moved(weights, direction, 0.5)["w"], torch.tensor([1.5, 0.0]))


def _unscaled(value):
    return value / filter_norms(value).mean() if value.ndim > 1 else value
