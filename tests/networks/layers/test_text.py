"""Texts as vectors, against loops over their words."""

from itertools import pairwise

import pytest
import torch

from netwright.core.values import InputSpec, TextInput
from netwright.networks import MLPConfig, build, shapes_of
from netwright.networks.layers.text import MULTIPLIER, Chances, TextBag, TextConvolution

TEXT = TextInput(words=9, length=5, part_slots=20, parts=4)
ROWS = torch.tensor([[2, 3, 1, 4, 0, 7, 9, 0, 0], [8, 0, 0, 0, 0, 3, 0, 0, 0], [0] * 9, [5, 5, 5, 5, 5, 1, 2, 3, 4]])
CALM = Chances(0.0, 0.0)


def filled(layer):
    layer = layer.double().eval()
    layer.fill(torch.Generator().manual_seed(0))
    return layer


def bag(chances=CALM):
    return filled(TextBag(TEXT, 6, chances, 11))


def convolution(chances=CALM):
    return filled(TextConvolution(TEXT, 6, chances, 3))


def test_a_bag_is_the_sum_of_its_vectors_over_the_root_of_their_number():
    layer = bag()
    for row, found in zip(ROWS.tolist(), layer(ROWS), strict=True):
        words = [word for word in row[:5] if word]
        pairs = [1 + (a * MULTIPLIER + b) % 10 for a, b in pairwise(words)]
        vectors = [layer.words.weight[word] for word in words]
        vectors += [layer.pairs.weight[pair] for pair in pairs]
        vectors += [layer.parts.weight[part] for part in row[5:] if part]
        expected = sum(vectors) / len(vectors) ** 0.5 if vectors else torch.zeros(6, dtype=torch.float64)
        assert torch.allclose(found, expected)


def test_filters_answer_with_their_largest_dot_product_anywhere():
    layer = convolution()
    found = layer(ROWS)
    for row, answers in zip(ROWS, found, strict=True):
        words = layer.words(row[:5])
        expected = []
        for filters in layer.filters:
            width = filters.kernel_size[0]
            padded = torch.cat([torch.zeros(width - 1, 6), words, torch.zeros(width - 1, 6)]).double()
            windows = [padded[at : at + width].T for at in range(len(padded) - width + 1)]
            every = torch.stack([(filters.weight * window).sum(dim=(1, 2)) + filters.bias for window in windows])
            expected.append(every.clamp(min=0).amax(dim=0))
        assert torch.allclose(answers, torch.cat(expected))


@pytest.mark.parametrize("make", [bag, convolution])
def test_gradients_are_right_and_the_end_of_a_text_learns_nothing(make):
    layer = make()
    for filters in getattr(layer, "filters", []):
        torch.nn.init.uniform_(filters.bias, 0.01, 0.1)  # at 0 an answer without words lies on the bend of relu
    tables = {f"{name}.weight" for name, part in layer.named_modules() if isinstance(part, torch.nn.Embedding)}
    named = {name: value.detach()[name in tables :].requires_grad_() for name, value in layer.named_parameters()}

    def answer(*values):
        end = torch.zeros(1, 6, dtype=torch.float64)  # of a text: not learnt
        every = {name: torch.cat([end, x]) if name in tables else x for name, x in zip(named, values, strict=True)}
        return torch.func.functional_call(layer, every, (ROWS,))

    assert torch.autograd.gradcheck(answer, tuple(named.values()))
    layer(ROWS).sum().backward()
    assert not layer.words.weight.grad[0].any()
    assert not layer.words.weight[0].any()


def test_order_matters_to_pairs_and_filters_and_columns_after_the_end_to_nobody():
    swapped = ROWS[:, [1, 0, 2, 3, 4, 5, 6, 7, 8]]
    for layer in (bag(), convolution()):
        assert not torch.allclose(layer(ROWS)[0], layer(swapped)[0])
        assert torch.allclose(layer(ROWS)[3], layer(swapped)[3])


@pytest.mark.parametrize("make", [bag, convolution])
def test_training_hides_words_and_evaluation_none(make):
    layer = make(Chances(0.5, 0.0)).train()
    torch.manual_seed(0)
    draws = torch.stack([layer(ROWS)[3] for _ in range(40)])
    assert draws.std(dim=0).max() > 0
    assert torch.equal(layer.eval()(ROWS), make()(ROWS))
    assert (layer.hide(ROWS, 1) == ROWS).all()


@pytest.mark.parametrize("kind", ["bag", "convolution", "rnn", "lstm", "gru", "transformer"])
def test_a_network_reads_texts_beside_numbers_and_categories(kind):
    config = MLPConfig((8,), text=kind, text_size=8, text_pairs=11, text_filters=3, dropout=0.0)
    spec = InputSpec(2, (4,), 3, "multiclass", (0,), (TEXT, TEXT))
    network = build("mlp", config, spec, 0).eval()
    numeric, category = torch.randn(4, 2), torch.tensor([[1], [2], [3], [0]])
    whole = torch.cat([category, ROWS, ROWS.flip(0)], dim=1)
    logits = network(numeric, whole)
    assert logits.shape == (4, 3)
    for column in (0, 1, 10):  # the category and both texts are read
        other = whole.clone()
        other[:, column] = (other[:, column] + 1) % 4
        assert not torch.allclose(network(numeric, other), logits)
    assert shapes_of(config, spec) == {name: tuple(value.shape) for name, value in network.state_dict().items()}
    again = build("mlp", config, spec, 0).state_dict()
    assert all(torch.equal(value, again[name]) for name, value in network.state_dict().items())
    alone = build("mlp", MLPConfig((), text=kind), InputSpec(0, (), 1, "binary", (), (TEXT,)), 0)
    assert alone(torch.zeros(4, 0), ROWS).shape == (4, 1)
