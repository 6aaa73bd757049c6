"""Every forecasting network: shapes, gradients, determinism, export, channels apart. A new one is a row of KINDS."""

import pytest
import torch
from torch import nn

from netwright.core.errors import RecipeError
from netwright.networks.forecasting import CORES, ForecasterConfig, ForecastSpec, build_forecaster
from netwright.networks.forecasting.config import validate_forecaster

SMALL = {"width": 4, "depth": 1, "heads": 2, "patch": 4, "stride": 2, "kernel": 3}
KINDS = {
    "nlinear": "last",
    "ridge": "last",
    "dlinear": "none",
    "fits": "revin",
    "patchtst": "revin",
    "lstm": "revin",
    "gru": "none",
    "tcn": "last",
    "naive": "none",
}
LOOKBACK, HORIZON, CHANNELS = 12, 5, 3
QUANTILES = (0.1, 0.5, 0.9)


def make(name, quantiles=(), seed=0, **settings):
    config = ForecasterConfig(name, KINDS[name], **(SMALL | settings))
    return build_forecaster(config, ForecastSpec(LOOKBACK, HORIZON, 4, quantiles), seed)


def shaken(network):
    """Give every weight a value: several start at zero, where much cannot be seen."""
    generator = torch.Generator().manual_seed(1)
    for parameter in network.parameters():
        nn.init.normal_(parameter, 0.0, 0.4, generator=generator)
    return network.double()


def windows(batch=2, channels=CHANNELS, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(batch, LOOKBACK, channels, generator=generator, dtype=torch.float64)


def test_every_network_has_a_row():
    assert set(KINDS) == set(CORES)


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("quantiles", [(), QUANTILES])
@pytest.mark.parametrize("name", KINDS)
def test_shape(name, quantiles, training):
    network = make(name, quantiles).train(training).double()
    assert network(windows()).shape == (2, max(1, len(quantiles)), HORIZON, CHANNELS)
    assert network(windows(1, 1)).shape == (1, max(1, len(quantiles)), HORIZON, 1)


@pytest.mark.parametrize("name", KINDS)
def test_gradient_of_the_window_is_the_numerical_one(name):
    network = shaken(make(name)).eval()
    level = network.norm.measure(windows(1, 1)[:, :, 0])
    network.norm.measure = lambda rows: level  # through which no gradient passes
    assert torch.autograd.gradcheck(network, windows(1, 1).requires_grad_())


@pytest.mark.parametrize("quantiles", [(), QUANTILES])
@pytest.mark.parametrize("name", KINDS)
def test_gradient_of_every_parameter_is_the_numerical_one(name, quantiles):
    network = shaken(make(name, quantiles)).eval()
    named, x = dict(network.named_parameters()), windows(1, 2)

    def learnt(*values):
        return torch.func.functional_call(network, dict(zip(named, values, strict=True)), (x,))

    assert not named or torch.autograd.gradcheck(learnt, tuple(named.values()), fast_mode=True)


@pytest.mark.parametrize("name", KINDS)
def test_same_seed_same_bytes_and_other_seeds_leave_the_global_state_alone(name):
    before = torch.get_rng_state()
    one, again = make(name, seed=3), make(name, seed=3)
    for (key, first), second in zip(one.state_dict().items(), again.state_dict().values(), strict=True):
        assert torch.equal(first, second), key
    assert torch.equal(before, torch.get_rng_state())


@pytest.mark.parametrize("name", KINDS)
def test_same_generator_same_training_answer(name):
    network = shaken(make(name, dropout=0.4)).train()
    torch.manual_seed(5)
    first = network(windows())
    torch.manual_seed(5)
    assert torch.equal(first, network(windows()))


@pytest.mark.parametrize("name", KINDS)
def test_a_channel_knows_nothing_of_the_others(name):
    network, x = shaken(make(name)).eval(), windows()
    changed = x.clone()
    changed[:, :, 1] += 7.0
    before, after = network(x), network(changed)
    assert torch.equal(before[..., [0, 2]], after[..., [0, 2]])
    assert not torch.equal(before[..., 1], after[..., 1])
    assert torch.allclose(network(x[:, :, [2]]), before[..., [2]])


@pytest.mark.filterwarnings("ignore:The tensor attributes self.core.cell._flat_weights")  # of torch's own layers
@pytest.mark.parametrize("name", KINDS)
def test_it_can_be_exported(name):
    network, x = shaken(make(name, QUANTILES)).eval(), windows()
    exported = torch.export.export(network, (x,)).module()
    assert torch.allclose(exported(x), network(x))


@pytest.mark.parametrize("name", [name for name in KINDS if name != "naive"])
def test_quantiles_never_cross(name):
    said = shaken(make(name, (0.05, 0.25, 0.5, 0.75, 0.95))).eval()(windows(20))
    assert (said.diff(dim=1) > 0).all()


@pytest.mark.parametrize("name", ["lstm", "gru", "tcn"])
def test_a_state_depends_on_no_later_row(name):
    core, x = shaken(make(name)).core.eval(), windows()[:, :, 0]
    for place in range(1, LOOKBACK):
        changed = x.clone()
        changed[:, place:] += 3.0
        assert torch.equal(core.states(x)[:, :place], core.states(changed)[:, :place])
        assert not torch.equal(core.states(x)[:, place:], core.states(changed)[:, place:])


def test_the_last_place_of_tcn_knows_the_whole_window():
    core, x = shaken(make("tcn")).core.eval(), windows(1)[:, :, 0].requires_grad_()
    core.states(x)[0, -1].sum().backward()
    assert (x.grad != 0).all()


@pytest.mark.parametrize("name", ["nlinear", "patchtst", "lstm", "gru", "tcn"])
def test_training_starts_from_the_level_of_the_window(name):
    x = windows()
    said = make(name).double()(x)
    level = x[:, -1] if KINDS[name] == "last" else x.mean(dim=1) if KINDS[name] == "revin" else torch.zeros(2, CHANNELS)
    expected = level[:, None, None, :].expand_as(said)
    assert torch.allclose(said, expected.to(said.dtype))


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"name": "nlinaer"}, "did you mean 'nlinear'"),
        ({"name": "patchtst", "patch": 99, "width": 16}, "at most the look-back of 12 rows, got 99"),
    ],
)
def test_a_network_that_cannot_be_is_refused(settings, said):
    with pytest.raises(RecipeError, match=said):
        build_forecaster(ForecasterConfig(**settings), ForecastSpec(LOOKBACK, HORIZON), 0)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"normalization": "first"}, "expected last, revin or none"),
        ({"kernel": 0}, "network.kernel: expected a whole number"),
        ({"dropout": 1.0}, "network.dropout"),
        ({"cutoff": 0.0}, "network.cutoff"),
        ({"name": "patchtst", "width": 12, "heads": 4}, "a multiple of"),
    ],
)
def test_settings_out_of_range_are_refused(settings, said):
    with pytest.raises(RecipeError, match=said):
        validate_forecaster(ForecasterConfig(**settings))
