import numpy as np
import pytest
import torch

from netwright.core.errors import RecipeError
from netwright.core.values import InputSpec
from netwright.networks import MLPConfig, build, fit_bins
from netwright.networks.bins import LEAST_IN_BIN, tree_edges


def gain_of(values, targets, threshold):
    """How much parting at a threshold lowers the summed squared error: the definition."""
    sides = targets[values <= threshold], targets[values > threshold]
    return ((targets - targets.mean()) ** 2).sum() - sum(((side - side.mean()) ** 2).sum() for side in sides)


def parted(rows=4000):
    """A column where nine of ten cells are 0, and whose target changes within the tenth."""
    generator = np.random.default_rng(0)
    values = np.where(generator.random(rows) < 0.9, 0.0, generator.uniform(1.0, 2.0, rows))
    return values, np.floor(4 * values).astype(np.float32)


def test_the_first_edge_of_a_tree_is_the_best_of_all_thresholds():
    values, targets = np.random.default_rng(1).normal(size=400), np.zeros(400)
    targets[values > 0.3] = 1.0
    targets += np.random.default_rng(2).normal(size=400)
    ordered = np.sort(values)
    between = (ordered[1:] + ordered[:-1]) / 2
    allowed = between[LEAST_IN_BIN - 1 : 1 - LEAST_IN_BIN]
    best = allowed[np.argmax([gain_of(values, targets, threshold) for threshold in allowed])]
    np.testing.assert_allclose(
        tree_edges(values, 2, targets), [values.min(), best, values.max()], rtol=1e-6
    )  # trees read float32


@pytest.mark.parametrize("whole", [False, True], ids=["regression", "classes"])
def test_a_tree_finds_edges_among_rare_values_where_quantiles_do_not(whole):
    values, targets = parted()
    edges = tree_edges(values, 8, targets.astype(np.int64) if whole else targets)
    for step in (1.25, 1.5, 1.75):
        assert np.abs(edges - step).min() < 0.02
    network = build("mlp", config("quantiles"), InputSpec(1, (), 1, "regression", (0,)), 0)
    fit_bins(network, torch.from_numpy(values[:, None]), torch.from_numpy(targets))
    assert network.numeric_embedding.edges.unique().numel() <= 3


def config(edges_from, bins=8):
    return MLPConfig(numeric_embedding="piecewise", bins=bins, edges_from=edges_from)


def test_edges_reach_from_the_least_to_the_greatest_value_and_never_repeat_before_the_end():
    values, targets = parted()
    network = build("mlp", config("tree"), InputSpec(1, (), 1, "regression", (0,)), 0)
    fit_bins(network, torch.from_numpy(values[:, None]), torch.from_numpy(targets))
    edges = network.numeric_embedding.edges[0]
    assert edges[0] == np.float32(values.min())
    assert edges.max() == np.float32(values.max())
    distinct = edges.unique()
    assert torch.equal(edges[: len(distinct)], distinct)
    assert (edges[len(distinct) :] == distinct[-1]).all()


def test_no_bin_of_a_tree_holds_fewer_rows_than_it_may():
    values, targets = np.random.default_rng(3).normal(size=20_000), np.random.default_rng(4).normal(size=20_000)
    counts, _ = np.histogram(values, tree_edges(values, 64, targets))
    assert counts.min() >= LEAST_IN_BIN


def test_a_constant_column_has_one_edge():
    assert tree_edges(np.ones(50), 8, np.arange(50.0)).tolist() == [1.0]


def test_an_unknown_source_of_edges_is_named():
    with pytest.raises(RecipeError, match=r"network\.edges_from: expected one of quantiles, tree, got 'trees'"):
        build("mlp", config("trees"), InputSpec(1, (), 1, "regression", (0,)), 0)
