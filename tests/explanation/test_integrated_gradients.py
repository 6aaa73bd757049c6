"""Integrated gradients keep their axioms on every kind of network, and agree with Captum where Captum can follow."""

import pytest
import torch
from captum.attr import IntegratedGradients
from torch import nn

from netwright.explanation.amounts import amounts_of
from netwright.explanation.asked import Asked
from netwright.explanation.integrated_gradients import TOLERANCE, integrated_gradients
from netwright.explanation.question import Evidence, Question
from netwright.explanation.reading import Reading
from tests.explanation.networks import CASES, table_case


@pytest.mark.parametrize("name", CASES)
def test_amounts_add_up_on_every_network(name):
    asked = CASES[name]().asked()
    found = amounts_of(asked, "integrated gradients")
    sums = torch.stack([parts.sum() for parts in found.parts])
    wanted = found.output - found.reference
    assert float(found.gap.max()) <= TOLERANCE
    assert torch.allclose(sums, wanted, atol=0.011 * float(wanted.abs().max()) + 1e-4)
    said = asked.question.of(asked.inputs, torch.arange(asked.rows)).double()
    assert torch.allclose(found.output, said, atol=1e-4)


def of_values(module, inputs, references) -> Asked:
    from netwright.explanation.module import place_pieces

    question = Question(Reading(module, inputs), Evidence())
    return Asked(question, inputs, references, (place_pieces(inputs, ()),) * len(inputs[0]))


@pytest.mark.parametrize("nodes", [20, 50])
def test_captum_says_the_same_of_numbers(nodes):
    module = nn.Sequential(nn.Linear(6, 16), nn.LayerNorm(16), nn.GELU(), nn.Linear(16, 1)).eval()
    x, b = torch.randn(4, 6), torch.randn(4, 6)
    ours = integrated_gradients(of_values(module, (x,), (b,)).question, (x,), (b,), nodes, rounds=0).amounts[0]
    theirs = IntegratedGradients(module).attribute(x, b, target=0, n_steps=nodes)
    assert torch.allclose(ours.double(), theirs.double(), atol=1e-5)


def test_captum_says_the_same_of_a_whole_table_network():
    case = table_case({"normalization": "layer", "activation": "gelu"}, each=1)
    same = (case.references[0], case.inputs[1])  # categories as they are: Captum cannot move them
    ours = integrated_gradients(case.asked().question, case.inputs, same, 50, rounds=0).amounts[0]
    evidence = case.asked().question.evidence

    def forward(numbers, categories):
        rows = torch.arange(3).repeat(len(numbers) // 3)  # Captum lays its steps one after another
        return evidence(case.module(numbers, categories), rows)

    theirs = IntegratedGradients(forward).attribute(
        case.inputs[0], same[0], additional_forward_args=(case.inputs[1],), n_steps=50
    )
    assert torch.allclose(ours.double(), theirs.double(), atol=1e-5)


class Kinked(nn.Module):
    """relu(x0 + x1 - 1) of which only the last hundredth of the way tells anything, twice x2, and nothing of x3."""

    def forward(self, x):
        return 50.0 * torch.relu(x[:, 0] + x[:, 1] - 0.99).unsqueeze(1) + 2.0 * x[:, 2:3]


def test_steps_are_laid_where_the_network_bends():
    x, b = torch.tensor([[0.5, 0.5, 1.0, 9.0]]), torch.zeros(1, 4)
    found = integrated_gradients(of_values(Kinked(), (x,), (b,)).question, (x,), (b,))
    even = integrated_gradients(of_values(Kinked(), (x,), (b,)).question, (x,), (b,), 48, rounds=0)
    assert float(found.gap) <= TOLERANCE < float(even.gap)


def test_symmetry_dummy_and_linearity_hold():
    x, b = torch.tensor([[0.8, 0.8, 1.0, 9.0]]), torch.zeros(1, 4)
    (first, second, third, dummy) = amounts_of(of_values(Kinked(), (x,), (b,)), "integrated gradients").parts[0]
    assert first == pytest.approx(second.item(), abs=1e-9)
    assert dummy == 0.0
    assert third == pytest.approx(2.0, abs=1e-6)


def test_of_a_sum_of_networks_amounts_are_the_sum():
    one, other = (nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 1)).eval() for _ in range(2))

    class Both(nn.Module):
        def __init__(self):
            super().__init__()
            self.one, self.other = one, other

        def forward(self, x):
            return 2.0 * self.one(x) - self.other(x)

    x, b = torch.randn(2, 4), torch.zeros(2, 4)
    first, second, both = (amounts_of(of_values(m, (x,), (b,)), "integrated gradients") for m in (one, other, Both()))
    for row in range(2):
        assert torch.allclose(2.0 * first.parts[row] - second.parts[row], both.parts[row], atol=1e-3)


class Step(nn.Module):
    """Jumps: no integral of its gradient can give what it gains."""

    def forward(self, x):
        return (x[:, :1] > 0.5).float() + 0.0 * x[:, :1]


def test_a_jump_is_marked_as_not_converged():
    found = amounts_of(of_values(Step(), (torch.ones(1, 2),), (torch.zeros(1, 2),)), "integrated gradients")
    assert float(found.gap) > TOLERANCE
