from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from netwright.core.errors import RecipeError
from netwright.core.values import InputSpec
from netwright.networks import NETWORKS, MLPConfig, build, fit_bins, shapes_of
from netwright.networks.feedforward import MLP
from netwright.networks.layers.activations import ACTIVATIONS, activation_name
from netwright.networks.layers.residual import Residual
from tests.oracles.backpropagation import FUNCTIONS, Layer, gradients

SPEC = InputSpec(numeric=4, cardinalities=(3, 10), outputs=3, task="multiclass")
NUMERIC_ONLY = InputSpec(numeric=4, cardinalities=(), outputs=1, task="regression")


MEASURED = replace(SPEC, continuous=(1, 3))


def inputs(rows=6):
    return torch.randn(rows, 4), torch.randint(0, 3, (rows, 2))


def test_layers_stand_in_the_source_document_s_order():
    network = build("mlp", MLPConfig(), NUMERIC_ONLY, 0)
    kinds = [type(layer) for layer in network.hidden]
    assert kinds == [nn.Linear, nn.BatchNorm1d, nn.LeakyReLU, nn.Dropout] * 2
    assert network.hidden[2].negative_slope == 0.01
    assert [layer.out_features for layer in network.hidden if isinstance(layer, nn.Linear)] == [64, 32]


@pytest.mark.parametrize("normalization", ["none", "batch", "layer"])
@pytest.mark.parametrize("residual", [False, True])
@pytest.mark.parametrize("dropout_form", ["inverted", "classic"])
def test_every_shape_gives_logits(normalization, residual, dropout_form):
    config = MLPConfig((8, 8, 5), normalization=normalization, residual=residual, dropout_form=dropout_form)
    assert build("mlp", config, SPEC, 0)(*inputs()).shape == (6, 3)


@pytest.mark.parametrize("activation", [*ACTIVATIONS, torch.sin], ids=activation_name)
def test_every_activation_builds(activation):
    network = build("mlp", MLPConfig((8,), activation=activation), SPEC, 0)
    assert torch.isfinite(network(*inputs())).all()


def test_no_hidden_layers_is_a_linear_model():
    network = build("mlp", MLPConfig(hidden_sizes=()), NUMERIC_ONLY, 0)
    x = torch.randn(5, 4)
    assert torch.equal(network(x, torch.zeros(5, 0, dtype=torch.long)), network.output(x))


def test_only_categorical_inputs():
    network = build("mlp", MLPConfig((8,)), InputSpec(0, (3, 10), 1, "binary"), 0)
    assert network(torch.zeros(6, 0), inputs()[1]).shape == (6, 1)


def test_dropout_of_zero_and_no_normalisation_leave_no_layers():
    network = build("mlp", MLPConfig((8,), normalization="none", dropout=0.0), NUMERIC_ONLY, 0)
    assert [type(layer) for layer in network.hidden] == [nn.Linear, nn.LeakyReLU]


def test_residual_blocks_project_only_where_widths_differ():
    network = build("mlp", MLPConfig((8, 8), residual=True), NUMERIC_ONLY, 0)
    first, second = network.hidden
    assert isinstance(first, Residual)
    assert isinstance(first.shortcut, nn.Linear)
    assert isinstance(second.shortcut, nn.Identity)


def test_building_is_deterministic_and_leaves_the_global_generator_alone():
    before = torch.get_rng_state()
    first, again, other = (build("mlp", MLPConfig(residual=True), SPEC, seed).state_dict() for seed in (1, 1, 2))
    assert torch.equal(before, torch.get_rng_state())
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert not torch.equal(first["output.weight"], other["output.weight"])


def test_a_state_survives_its_dict():
    network, twin = build("mlp", MLPConfig(), SPEC, 0).eval(), build("mlp", MLPConfig(), SPEC, 1).eval()
    twin.load_state_dict(network.state_dict())
    x = inputs()
    assert torch.equal(network(*x), twin(*x))


@pytest.mark.parametrize("activation", FUNCTIONS)
def test_autograd_is_the_recursion_over_layer_errors(activation):
    config = MLPConfig((7, 5), activation=activation, normalization="none", dropout=0.0)
    network = build("mlp", config, InputSpec(4, (), 3, "multiclass"), 0).double()
    x = torch.randn(9, 4, dtype=torch.float64)
    y = torch.randint(0, 3, (9,))
    nn.functional.cross_entropy(network(x, torch.zeros(9, 0, dtype=torch.long)), y).backward()
    linear = [layer for layer in network.modules() if isinstance(layer, nn.Linear)]
    layers = [Layer(layer.weight.detach().numpy(), layer.bias.detach().numpy()) for layer in linear]
    expected = gradients(layers, FUNCTIONS[activation], x.numpy(), y.numpy())
    for layer, truth in zip(linear, expected, strict=True):
        np.testing.assert_allclose(layer.weight.grad.numpy(), truth.weight, atol=1e-12)
        np.testing.assert_allclose(layer.bias.grad.numpy(), truth.bias, atol=1e-12)


@pytest.mark.parametrize(
    ("config", "named"),
    [
        (MLPConfig(activation="rleu"), "'relu'"),
        (MLPConfig(normalization="bacth"), "'batch'"),
        (MLPConfig(dropout_form="inverse"), "'inverted'"),
        (MLPConfig(initialization="he_norm"), "'he_normal'"),
        (MLPConfig(dropout=1.0), "network.dropout"),
        (MLPConfig(hidden_sizes=(4, 0)), "network.hidden_sizes"),
        (MLPConfig(numeric_embedding="periodc"), "'periodic'"),
        (MLPConfig(numeric_embedding="periodic", embedding_size=1), "network.embedding_size: .* from 2"),
        (MLPConfig(numeric_embedding="piecewise", embedding_size=0), "network.embedding_size: .* from 1"),
        (MLPConfig(frequencies=0), "network.frequencies"),
        (MLPConfig(frequency_scale=0.0), "network.frequency_scale"),
        (MLPConfig(frequency_scale=float("nan")), "network.frequency_scale"),
        (MLPConfig(bins=0), "network.bins"),
        (MLPConfig(parametric=True, activation="prelu_units"), "network.parametric"),
        (MLPConfig(parametric=True, activation="identity"), "network.parametric"),
    ],
)
def test_a_wrong_setting_is_named_with_the_nearest_valid_one(config, named):
    with pytest.raises(RecipeError, match=named):
        build("mlp", config, SPEC, 0)


def test_a_wrong_network_is_named_with_the_nearest_valid_one():
    with pytest.raises(RecipeError, match="'mlp'"):
        build("mpl", MLPConfig(), SPEC, 0)
    assert list(NETWORKS) == ["mlp"]


@pytest.mark.parametrize("columns", [(0, 4), (2, 1), (1, 1), (-1, 2)])
def test_continuous_columns_that_are_none_are_refused(columns):
    with pytest.raises(RecipeError, match="positions of continuous columns below 4"):
        build("mlp", MLPConfig(), replace(SPEC, continuous=columns), 0)


@pytest.mark.parametrize(("kind", "size"), [("periodic", 4), ("piecewise", 16)])
def test_embedded_columns_come_first_then_numbers_then_categories(kind, size):
    network = build("mlp", MLPConfig((5,), numeric_embedding=kind, scaling=True), MEASURED, 0)
    fit_bins(network, torch.randn(30, 4))
    categories = network.embedding.width
    assert network.hidden[0].in_features == network.scaling.weight.numel() == 2 * size + 2 + categories
    x, codes = inputs()
    seen = []
    network.hidden[0].register_forward_hook(lambda _, given, __: seen.append(given[0]))
    network(x, codes)
    assert torch.equal(seen[0][:, 2 * size : 2 * size + 2], x[:, [0, 2]])
    assert torch.equal(seen[0][:, 2 * size + 2 :], network.embedding(codes))


def test_without_continuous_columns_nothing_is_embedded():
    assert build("mlp", MLPConfig(numeric_embedding="periodic"), SPEC, 0).numeric_embedding is None


def test_new_layers_leave_the_draws_of_the_others_alone():
    plain, richer = (
        build("mlp", MLPConfig((5, 3), scaling=more, parametric=more), MEASURED, 0).state_dict()
        for more in (False, True)
    )
    assert all(torch.equal(tensor, richer[name]) for name, tensor in plain.items())


def test_no_inputs_or_outputs_are_refused():
    with pytest.raises(RecipeError, match="input"):
        build("mlp", MLPConfig(), InputSpec(0, (), 1, "binary"), 0)
    with pytest.raises(RecipeError, match="output"):
        build("mlp", MLPConfig(), InputSpec(2, (), 0, "binary"), 0)


def test_parameters_are_all_filled():
    network = build("mlp", MLPConfig(residual=True, activation="prelu"), SPEC, 0)
    assert isinstance(network, MLP)
    assert all(torch.isfinite(tensor).all() and tensor.abs().max() < 10 for tensor in network.state_dict().values())


@pytest.mark.parametrize("embedding", ["none", "periodic"])
def test_members_are_networks_that_share_their_hidden_layers(embedding):
    """Each member is a plain network with the same hidden weights, the first of them times the member's factors."""
    spec = InputSpec(4, (3,), 3, "multiclass", continuous=(0, 2))
    config = MLPConfig((8, 6), dropout=0.0, normalization="none", numeric_embedding=embedding)
    together = build("mlp", replace(config, members=5), spec, 0).double()
    x, codes = torch.randn(7, 4, dtype=torch.float64), torch.randint(0, 3, (7, 1))
    alone = []
    for member in range(5):
        network = build("mlp", config, spec, 1).double()
        shared = {name: weight for name, weight in together.state_dict().items() if name in network.state_dict()}
        own = {
            "hidden.0.weight": together.hidden[0].weight * together.adapter.weight[member],
            "output.weight": together.output.weight[member],
            "output.bias": together.output.bias[member],
        }
        network.load_state_dict({**shared, **own})
        alone.append(network.eval()(x, codes))
    assert torch.allclose(together.train()(x, codes), torch.cat(alone), atol=1e-12)
    mean = torch.stack(alone).softmax(2).mean(0)
    assert torch.allclose(together.eval()(x, codes).exp(), mean, atol=1e-12)


def test_one_member_is_a_plain_network_and_none_is_refused():
    assert list(build("mlp", MLPConfig(members=1), SPEC, 0).state_dict()) == list(
        build("mlp", MLPConfig(), SPEC, 0).state_dict()
    )
    with pytest.raises(RecipeError, match=r"network\.members: expected a whole number from 1 to 1,048,576, got 0"):
        build("mlp", MLPConfig(members=0), SPEC, 0)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"activation": "prelu_units", "normalization": "layer", "residual": True},
        {"numeric_embedding": "periodic", "scaling": True, "members": 3},
        {"numeric_embedding": "piecewise", "parametric": True, "activation": "relu", "category_size": 3},
    ],
)
def test_shapes_are_known_without_room_for_a_number(settings):
    config, spec = replace(MLPConfig((6, 5)), **settings), InputSpec(4, (3,), 3, "multiclass", continuous=(0, 1, 3))
    built = build("mlp", config, spec, 0).state_dict()
    assert shapes_of(config, spec) == {name: tuple(value.shape) for name, value in built.items()}
    huge = replace(config, hidden_sizes=(1 << 20,) * 9)
    assert max(max(shape, default=0) for shape in shapes_of(huge, spec).values()) >= 1 << 20  # 32 TB if it were real
    with pytest.raises(RecipeError, match="numbers to learn"):
        build("mlp", huge, spec, 0)
