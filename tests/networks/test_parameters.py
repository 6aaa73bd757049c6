from typing import get_args

import pytest
from torch import nn

from netwright.core.values import InputSpec, ParameterGroup
from netwright.networks import MLPConfig, build
from netwright.networks.language import LanguageNetworkConfig, build_language
from netwright.networks.parameters import is_matrix, parameter_groups

SPEC = InputSpec(4, (3,), 2, "multiclass", continuous=(0, 1, 3))
SETTINGS = {"scaling": True, "parametric": True, "hidden_sizes": (5,)}


def groups_of(kind="periodic"):
    return parameter_groups(build("mlp", MLPConfig(numeric_embedding=kind, **SETTINGS), SPEC, 0))


def test_every_parameter_has_its_group():
    assert groups_of() == {
        "numeric_embedding.frequency": "numeric_embedding",
        "numeric_embedding.phase": "numeric_embedding",
        "numeric_embedding.weight": "numeric_embedding",
        "numeric_embedding.bias": "numeric_embedding",
        "embedding.tables.0.weight": "categorical_embedding",
        "scaling.weight": "scaling",
        "hidden.0.weight": "weight",
        "hidden.0.bias": "bias",
        "hidden.1.weight": "normalization",
        "hidden.1.bias": "normalization",
        "hidden.2.weight": "activation",
        "output.weight": "weight",
        "output.bias": "bias",
    }
    written = parameter_groups(build_language(LanguageNetworkConfig(width=4, depth=1, heads=1), 5, 0))
    assert written["embedding.weight"] == "categorical_embedding"
    assert written["head.weight"] == "vocabulary"
    assert {*groups_of().values(), *written.values()} == set(get_args(ParameterGroup))


@pytest.mark.parametrize("kind", ["periodic", "piecewise"])
def test_all_of_an_embedding_is_one_group(kind):
    groups = groups_of(kind)
    assert all((group == "numeric_embedding") == ("numeric_embedding" in name) for name, group in groups.items())


def test_a_module_of_any_kind_has_groups():
    module = nn.Sequential(nn.Conv1d(2, 3, 1), nn.PReLU(3), nn.GroupNorm(1, 3), nn.LSTM(3, 2))
    groups = parameter_groups(module)
    assert groups["0.weight"] == groups["3.weight_hh_l0"] == "weight"
    assert groups["0.bias"] == groups["3.bias_ih_l0"] == "bias"
    assert (groups["1.weight"], groups["2.bias"]) == ("activation", "normalization")
    assert set(groups) == {name for name, _ in module.named_parameters()}


def test_a_shift_for_each_column_is_no_matrix():
    named = dict(build("mlp", MLPConfig(numeric_embedding="periodic", **SETTINGS), SPEC, 0).named_parameters())
    matrices = {name for name, parameter in named.items() if is_matrix(name, parameter)}
    assert matrices == {
        *("numeric_embedding.frequency", "numeric_embedding.weight", "embedding.tables.0.weight"),
        *("hidden.0.weight", "output.weight"),
    }


def test_members_have_groups_as_other_layers_and_their_biases_are_no_matrix():
    named = dict(build("mlp", MLPConfig(members=3, **SETTINGS), SPEC, 0).named_parameters())
    groups = parameter_groups(build("mlp", MLPConfig(members=3, **SETTINGS), SPEC, 0))
    assert (groups["adapter.weight"], groups["output.weight"], groups["output.bias"]) == ("scaling", "weight", "bias")
    matrices = {name for name, parameter in named.items() if is_matrix(name, parameter)}
    assert {"adapter.weight", "output.weight"} < matrices
    assert "output.bias" not in matrices
