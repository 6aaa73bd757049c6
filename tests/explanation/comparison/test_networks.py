"""Networks that differ in depth alone, and what one row touches of them."""

import pytest
from torch import nn

from netwright.core.values import InputSpec, TextInput
from netwright.explanation.comparison.networks import DEPTHS, WIDTH, building, name_of, unread
from netwright.networks import MLPConfig, build

SPEC = InputSpec(5, (), 1, "binary")


@pytest.mark.parametrize("depth", DEPTHS)
def test_a_network_has_the_hidden_layers_that_its_name_says(depth):
    linear = [layer for layer in building(depth, 5, SPEC, 0)().modules() if isinstance(layer, nn.Linear)]
    hidden = [layer for layer in linear if layer.out_features == WIDTH]
    assert len(hidden) >= depth
    assert f"with {depth} hidden" in name_of(depth)


def test_of_a_category_one_vector_is_touched_and_of_a_text_one_for_each_place():
    category = build("mlp", MLPConfig((4,), category_size=3), InputSpec(2, (10,), 1, "binary"), 0)
    assert unread(category) == 9 * 3
    text = TextInput(words=100, length=7, part_slots=0, parts=0)
    read = build(
        "mlp", MLPConfig((4,), text="convolution", text_size=8), InputSpec(0, (), 1, "binary", texts=(text,)), 0
    )
    assert unread(read) == (100 - text.columns) * 8


def test_a_network_without_tables_is_touched_as_a_whole():
    assert unread(building(2, 5, SPEC, 0)()) == 0
