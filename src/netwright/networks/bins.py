"""Where the bins of piecewise embeddings begin and end: at quantiles, or where a small tree would part the rows."""

from collections.abc import Callable

import numpy as np
import torch
from jaxtyping import Float, Shaped
from numpy.typing import NDArray
from torch import Tensor, nn

from netwright.networks.layers.numeric_embedding import PiecewiseEmbedding

Edges = NDArray[np.float64]  # ascending, each once

MOST_ROWS = 100_000  # that a tree looks at: where to part them changes little with more
LEAST_IN_BIN = 16  # rows of a tree's leaf


@torch.no_grad()
def fit_bins(
    module: nn.Module, numeric: Float[Tensor, "rows numeric"], targets: Shaped[Tensor, "rows ..."] | None = None
) -> None:
    """Put the edges of every piecewise embedding in `module` where its `edges_from` says.

    Args:
        module: any network; without such an embedding nothing happens.
        numeric: the training rows as the network will be given them.
        targets: of those rows, whole numbers for classes; without them every edge is a quantile.
    """
    for layer in module.modules():
        if isinstance(layer, PiecewiseEmbedding):
            find = _splitter(targets) if layer.edges_from == "tree" and targets is not None else quantile_edges
            for edges, column in zip(layer.edges, layer.columns.tolist(), strict=True):
                found = find(numeric[:, column].cpu().double().numpy(), len(edges) - 1)
                distinct = torch.unique_consecutive(torch.from_numpy(found).to(edges.dtype))
                edges[: len(distinct)] = distinct
                edges[len(distinct) :] = distinct[-1]


def quantile_edges(values: NDArray[np.float64], bins: int) -> Edges:
    """Return evenly spaced quantiles, the least and the greatest value among them."""
    return np.asarray(np.quantile(values, np.linspace(0.0, 1.0, bins + 1)))


def tree_edges(values: NDArray[np.float64], bins: int, targets: NDArray[np.generic]) -> Edges:
    """Return the thresholds of a decision tree on this column alone, and the least and the greatest value.

    The tree parts what lowers its impurity most first. So edges stand where the target changes, however rare the
    values: where nine of ten cells are 0, quantiles leave the tenth a bin or two.

    Source: Gorishniy, Rubachev, Babenko, On embeddings for numerical features, 2022, section 3.2.2.
    """
    from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

    step = -(-len(values) // MOST_ROWS)
    seen, wanted = values[::step, None], targets[::step]
    kind = DecisionTreeRegressor if np.issubdtype(targets.dtype, np.floating) else DecisionTreeClassifier
    tree = kind(max_leaf_nodes=max(2, bins), min_samples_leaf=LEAST_IN_BIN, random_state=0).fit(seen, wanted).tree_
    inner = np.asarray(tree.threshold)[np.asarray(tree.children_left) >= 0]
    return np.unique([values.min(), *inner[: bins - 1], values.max()])


def _splitter(targets: Tensor) -> Callable[[NDArray[np.float64], int], Edges]:
    wanted = targets.cpu().numpy()
    return lambda values, bins: tree_edges(values, bins, wanted)
