"""Anybody's network is explained: words, numbers, several inputs, images, and layers without a gradient."""

import pytest
import torch
from torch import nn

from netwright.core.errors import ContractError, RecipeError
from netwright.explanation.methods import ADDING_UP
from netwright.explanation.module import Naming, explain_module


class Reader(nn.Module):
    """Words through attention and a bag, beside numbers: what Captum's gradients do not arrive at."""

    def __init__(self):
        super().__init__()
        self.words, self.places, self.bag = nn.Embedding(20, 8), nn.Embedding(5, 8), nn.EmbeddingBag(20, 8)
        self.block = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True, activation="gelu")
        self.output, self.numbers = nn.Linear(8, 3), nn.Linear(4, 3)

    def forward(self, words, numbers):
        states = self.block(self.words(words) + self.places(torch.arange(5)))
        return self.output(states.mean(dim=1) + self.bag(words)) + self.numbers(numbers)


@pytest.fixture(scope="module")
def reader():
    torch.manual_seed(0)
    return Reader()


@pytest.mark.parametrize("method", ["integrated gradients", "gradient shap", "shapley"])
def test_amounts_of_words_and_numbers_add_up(reader, method):
    words, numbers = torch.randint(1, 20, (1, 5)), torch.randn(1, 4)
    (found,) = explain_module(reader, (words, numbers), method=method, naming=Naming(classes=("a", "b", "c")))
    assert method in ADDING_UP
    assert found.unit == f"log-odds of {found.answer}"
    assert len(found.parts) == 9
    total = sum(part.amount for part in found.parts)
    assert total == pytest.approx(found.output - found.reference, abs=0.011 * abs(found.output - found.reference))
    assert found.checks[0].passed is True
    with torch.no_grad():
        shares = reader.eval()(words, numbers).softmax(dim=1)[0]
    share = shares["abc".index(found.answer)]
    assert found.output == pytest.approx((share / (1 - share)).log().item(), abs=1e-4)


def test_the_network_s_mode_is_put_back(reader):
    reader.train()
    explain_module(reader, (torch.randint(1, 20, (1, 5)), torch.randn(1, 4)))
    assert reader.training
    assert reader.block.training


@pytest.mark.parametrize("method", ["occlusion", "saliency", "smoothgrad"])
def test_methods_that_do_not_add_up_say_so(reader, method):
    (found,) = explain_module(reader, (torch.randint(1, 20, (1, 5)), torch.randn(1, 4)), method=method)
    assert found.checks[0].passed is None
    assert found.method == method
    assert any(part.amount for part in found.parts)


def test_a_linear_network_s_amounts_are_weight_times_difference():
    module = nn.Linear(3, 1)
    x, rows = torch.randn(2, 3), torch.randn(5, 3)
    for method in ("auto", "occlusion", "shapley"):
        found = explain_module(module, x, rows[:4], method, Naming(parts=("one", "two", "three")))
        wanted = module.weight[0] * (x - rows[:4].mean(dim=0))
        for row in range(2):
            assert [part.name for part in found[row].parts] == ["one", "two", "three"]
            assert [part.amount for part in found[row].parts] == pytest.approx(wanted[row].tolist(), abs=1e-5)


def test_images_fall_into_blocks():
    module = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Flatten(), nn.Linear(72, 1))
    (found,) = explain_module(module, torch.rand(1, 1, 8, 8))
    assert found.parts[0].name == "block 1, 1"
    assert len(found.parts) == 49


class Counts(nn.Module):
    """How many numbers are above 0: no gradient says which."""

    def forward(self, x):
        return (x > 0.0).float().sum(dim=1)


def test_without_a_gradient_answers_are_asked():
    (found,) = explain_module(Counts(), torch.tensor([[1.0, -1.0, 2.0]]))
    assert found.method == "occlusion"
    assert "no gradient" in found.why
    assert [part.amount for part in found.parts] == [1.0, 0.0, 1.0]


def test_what_does_not_fit_is_refused():
    module = nn.Linear(3, 1)
    with pytest.raises(ContractError, match="rows first"):
        explain_module(module, torch.zeros(0, 3))
    with pytest.raises(ContractError, match="shape"):
        explain_module(module, torch.ones(1, 3), torch.zeros(1, 4))
    with pytest.raises(ContractError, match="name for each class"):
        explain_module(module, torch.ones(1, 3), naming=Naming(classes=("a", "b", "c")))
    with pytest.raises(ContractError, match="name for each of 3 places"):
        explain_module(module, torch.ones(1, 3), naming=Naming(parts=("a",)))
    with pytest.raises(RecipeError, match="integrated gradients"):
        explain_module(module, torch.ones(1, 3), method="integrated gradient")
    with pytest.raises(RecipeError, match="network of its kind"):
        explain_module(module, torch.ones(1, 3), method="grad-cam")
