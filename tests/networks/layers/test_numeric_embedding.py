import numpy as np
import pytest
import torch

from netwright.networks import fit_bins
from netwright.networks.layers.numeric_embedding import PeriodicEmbedding, PiecewiseEmbedding
from tests.oracles import embeddings

CONTINUOUS = (3, 0)  # of four columns; 1 and 2 pass through


def rows(count=40):
    x = torch.randn(count, 4, dtype=torch.float64)
    x[:, 0] = x[:, 0].round()  # few distinct values: quantiles repeat
    return x


def periodic(size=4, frequencies=5):
    layer = PeriodicEmbedding(4, CONTINUOUS, size, frequencies, 0.5).double()
    layer.fill(torch.Generator().manual_seed(0))
    return layer


def piecewise(numeric, size=3, bins=6):
    layer = PiecewiseEmbedding(4, CONTINUOUS, size, bins).double()
    layer.fill(torch.Generator().manual_seed(0))
    torch.nn.init.normal_(layer.weight)
    fit_bins(layer, numeric)
    return layer


def arrays(layer, *names):
    return [getattr(layer, name).detach().numpy() for name in names]


def expected(x, vectors):
    """Vectors of the continuous columns, then the others."""
    return np.stack([np.concatenate([vectors(row[[3, 0]]).ravel(), row[[1, 2]]]) for row in x.numpy()])


def test_waves_are_the_definition():
    layer, x = periodic(), rows()
    parts = arrays(layer, "frequency", "phase", "weight", "bias")
    truth = expected(x, lambda row: embeddings.periodic(row, *parts))
    np.testing.assert_allclose(layer(x).detach().numpy(), truth, atol=1e-12)


def test_bins_are_the_definition_within_and_beyond_the_edges():
    x = rows()
    layer = piecewise(x)
    wide = torch.cat([x, 3 * x, layer.edges.T.repeat(1, 2)[:, [1, 1, 2, 2]], layer.edges.T[:, [1, 1, 0, 0]]])
    parts = arrays(layer, "edges", "weight", "slope", "bias")
    truth = expected(wide, lambda row: embeddings.piecewise(row, *parts))
    np.testing.assert_allclose(layer(wide).detach().numpy(), truth, atol=1e-12)


def test_edges_are_quantiles_each_once_and_padded_with_the_last():
    x = rows()
    edges = piecewise(x).edges
    np.testing.assert_allclose(edges[0].numpy(), np.quantile(x[:, 3].numpy(), np.linspace(0, 1, 7)))
    distinct = np.unique(np.quantile(x[:, 0].numpy(), np.linspace(0, 1, 7)))
    assert len(distinct) < 7
    assert edges[1].tolist() == [*distinct, *[distinct[-1]] * (7 - len(distinct))]


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_a_constant_column_is_a_line_and_has_finite_gradients(dtype):
    x = rows().to(dtype)
    x[:, 3] = 2.5
    layer = piecewise(x).to(dtype)
    out = layer(x)
    out.square().sum().backward()
    assert torch.allclose(out[:, :3], (2.5 * layer.slope + layer.bias)[0].expand(40, 3))
    assert all(torch.isfinite(parameter.grad).all() for parameter in layer.parameters())


def test_bins_travel_with_the_weights_and_their_shape_does_not_depend_on_rows():
    x = rows()
    layer, twin = piecewise(x), PiecewiseEmbedding(4, CONTINUOUS, 3, 6).double()
    assert not twin.has_bins
    twin.load_state_dict(layer.state_dict())
    assert twin.has_bins
    assert torch.equal(layer(x), twin(x))


def test_piecewise_starts_as_a_line():
    layer = PiecewiseEmbedding(4, CONTINUOUS, 3, 6)
    layer.fill(torch.Generator().manual_seed(0))
    assert not layer.weight.any()
    assert layer.slope.abs().max() <= 1 / np.sqrt(3)


def test_waves_start_slow():
    layer = PeriodicEmbedding(300, range(300), 4, 16, 0.1)
    layer.fill(torch.Generator().manual_seed(0))
    assert layer.frequency.std().item() == pytest.approx(0.1, rel=0.05)
    assert layer.phase.abs().max() <= np.pi
    assert layer.weight.abs().max() <= 0.25
