import pytest
import torch

from netwright.core.errors import RecipeError
from netwright.networks.layers.embedding import CategoricalEmbedding, embedding_width


@pytest.mark.parametrize(("cardinality", "width"), [(1, 2), (2, 2), (10, 6), (100, 21), (10_000, 50)])
def test_width_follows_the_rule(cardinality, width):
    assert embedding_width(cardinality) == width


def test_vectors_of_a_row_lie_side_by_side():
    layer = CategoricalEmbedding((3, 10))
    for table in layer.embeddings():
        torch.nn.init.normal_(table.weight)
    rows = torch.tensor([[2, 9], [0, 0]])
    first, second = layer.embeddings()
    assert torch.equal(layer(rows), torch.cat([first.weight[rows[:, 0]], second.weight[rows[:, 1]]], 1))
    assert layer(rows).shape == (2, layer.width)


def test_an_input_without_slots_is_refused():
    with pytest.raises(RecipeError, match="slot"):
        CategoricalEmbedding((0,))
