"""Every layer: shape, gradient against finite differences, determinism. A new layer is one row of LAYERS."""

import pytest
import torch
from torch import nn

from netwright.networks import fit_bins
from netwright.networks.layers.activations import ParametricActivation
from netwright.networks.layers.dropout import DROPOUTS, make_dropout
from netwright.networks.layers.embedding import CategoricalEmbedding
from netwright.networks.layers.members import MemberAdapter, MemberHead
from netwright.networks.layers.normalization import NORMALIZATIONS, make_normalization
from netwright.networks.layers.numeric_embedding import PeriodicEmbedding, PiecewiseEmbedding
from netwright.networks.layers.residual import Residual
from netwright.networks.layers.scaling import Scaling


def filled(layer):
    """Give layers that are built empty some weights."""
    torch.manual_seed(0)
    for parameter in layer.parameters():
        nn.init.normal_(parameter)
    return layer


def binned():
    layer = PiecewiseEmbedding(5, (0, 2, 3), 3, 4)
    fit_bins(layer, torch.randn(50, 5))
    return layer


LAYERS = {  # name -> (make, input width, output width, output rows for each input row if not 1)
    **{f"{name} normalization": (lambda name=name: make_normalization(name, 5), 5, 5) for name in NORMALIZATIONS},
    **{f"{name} dropout": (lambda name=name: make_dropout(name, 0.4), 5, 5) for name in DROPOUTS},
    "residual, equal widths": (lambda: Residual(nn.Linear(5, 5), 5, 5), 5, 5),
    "residual, wider": (lambda: Residual(nn.Linear(5, 8), 5, 8), 5, 8),
    "periodic embedding": (lambda: PeriodicEmbedding(5, (0, 2, 3), 4, 6, 0.5), 5, 14),
    "piecewise embedding": (binned, 5, 11),
    "scaling": (lambda: Scaling(5), 5, 5),
    "member adapter": (lambda: MemberAdapter(4, (2, 1, 2), signs=True), 5, 5, 4),
    "member head": (lambda: MemberHead(3, 5, 2), 5, 2),
    "parametric activation": (lambda: ParametricActivation(nn.SiLU(), 5), 5, 5),
}


@pytest.fixture(params=list(LAYERS))
def row(request):
    make, width_in, *width_out = LAYERS[request.param]
    return filled(make()).double(), width_in, width_out


@pytest.mark.parametrize("training", [True, False])
def test_shape(row, training):
    layer, width_in, (width_out, *times) = row
    shape = (6 * sum(times or [1]), width_out)
    assert layer.train(training)(torch.randn(6, width_in, dtype=torch.float64)).shape == shape


@pytest.mark.parametrize("training", [True, False])
def test_gradient_is_the_numerical_one(row, training):
    layer, width_in, _ = row
    layer.train(training)

    def seeded(x):
        torch.manual_seed(3)  # the same mask at every evaluation
        return layer(x)

    assert torch.autograd.gradcheck(seeded, torch.randn(6, width_in, dtype=torch.float64, requires_grad=True))


def test_gradient_of_every_parameter_is_the_numerical_one(row):
    layer, width_in, _ = row
    x, named = torch.randn(6, width_in, dtype=torch.float64), dict(layer.named_parameters())

    def learnt(*values):
        torch.manual_seed(3)
        return torch.func.functional_call(layer, dict(zip(named, values, strict=True)), (x,))

    assert not named or torch.autograd.gradcheck(learnt, tuple(named.values()))


@pytest.mark.parametrize("training", [True, False])
def test_same_seed_same_output(row, training):
    layer, width_in, _ = row
    layer.train(training)
    x = torch.randn(6, width_in, dtype=torch.float64)
    torch.manual_seed(1)
    first = layer(x)
    torch.manual_seed(1)
    assert torch.equal(first, layer(x))


def test_embedding_gradient_is_the_numerical_one():
    layer = filled(CategoricalEmbedding((3, 4))).double()
    rows = torch.tensor([[0, 3], [2, 1], [2, 2]])
    tables = tuple(table.weight for table in layer.embeddings())

    def looked_up(*weights):
        named = {f"tables.{number}.weight": weight for number, weight in enumerate(weights)}
        return torch.func.functional_call(layer, named, (rows,))

    assert torch.autograd.gradcheck(looked_up, tables)
