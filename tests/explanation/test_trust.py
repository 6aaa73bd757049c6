"""Tests of trust pass what deserves it, and fail an explainer that looks at the row and not at the network."""

from dataclasses import replace

import pytest
import torch
from torch import nn

from netwright.explanation.amounts import Amounts, amounts_of
from netwright.explanation.asked import Asked
from netwright.explanation.curves import STEPS, removal_curves
from netwright.explanation.module import place_pieces
from netwright.explanation.question import Evidence, Question
from netwright.explanation.randomised import LIMIT, rank_correlation
from netwright.explanation.reading import Reading
from netwright.explanation.trust import completeness, trust_in
from tests.explanation.networks import image_case, table_case

ROWS = 4


def asked_of(module, inputs, references) -> Asked:
    question = Question(Reading(module, (inputs,)), Evidence())
    return Asked(question, (inputs,), (references,), (place_pieces((inputs,), ()),) * len(inputs))


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(8, 16), nn.Tanh(), nn.Linear(16, 1)).eval()


def the_input_itself(asked: Asked) -> Amounts:
    """An explainer that ignores the weights."""
    parts = [tensor.flatten().double() for tensor in asked.inputs[0]]
    ends = torch.ones(asked.rows, dtype=torch.float64)
    return Amounts(parts, ends, 0.0 * ends, asked.inputs)


def edges(asked: Asked) -> Amounts:
    """An edge detector: where neighbouring pixels differ."""
    images = asked.inputs[2].double()
    seen = torch.zeros_like(images)
    seen[..., 1:] = images.diff(dim=3).abs()
    places = (*(torch.zeros(one.shape, dtype=torch.float64) for one in asked.inputs[:2]), seen)
    ends = torch.ones(asked.rows, dtype=torch.float64)
    return Amounts(asked.by_part(places), ends, 0.0 * ends, places)


def named(trust, name):
    return next(check for check in trust[0].checks if check.name == name)


def integrated(asked: Asked) -> Amounts:
    return amounts_of(asked, "integrated gradients")


def test_what_ignores_the_weights_is_found_out(network):
    asked = asked_of(network, torch.randn(ROWS, 8), torch.zeros(ROWS, 8))
    trust = trust_in(asked, the_input_itself(asked), the_input_itself, ROWS)
    assert named(trust, "randomised weights").passed is False
    assert named(trust, "randomised weights").figure == pytest.approx(1.0)


def test_an_edge_detector_is_found_out():
    asked = image_case("convnet").asked()
    found = edges(asked)
    assert named(trust_in(asked, found, edges, ROWS), "randomised weights").passed is False
    honest = trust_in(asked, integrated(asked), integrated, ROWS)
    assert named(honest, "randomised weights").passed is True


def test_integrated_gradients_pass_on_a_table_network():
    asked = table_case({"members": 2}, each=8).asked()
    trust = trust_in(asked, integrated(asked), integrated, 3)
    assert [check.name for check in trust[0].checks] == [
        "completeness", "deletion", "insertion", "randomised weights", "stability"
    ]  # fmt: skip
    assert all(named(trust, name).passed for name in ("completeness", "deletion", "insertion", "randomised weights"))
    assert named(trust, "randomised weights").figure < LIMIT


def test_deletion_is_better_than_random_and_the_wrong_order_worse(network):
    asked = asked_of(network, torch.randn(1, 8), torch.zeros(1, 8))
    parts = integrated(asked).parts[0]
    for amounts, better in ((parts, True), (-parts, False)):
        deletion, insertion = removal_curves(asked.removal(0), amounts, 0)
        assert (deletion.area < deletion.random_area) is better
        assert (insertion.area > insertion.random_area) is better
    assert deletion.shares[0] == 0.0
    assert deletion.shares[-1] == 1.0
    assert deletion.ours[0] == pytest.approx(insertion.ours[-1])
    assert deletion.ours[0] == pytest.approx(network(asked.inputs[0]).item(), abs=1e-5)


def test_curves_of_a_sum_are_what_one_computes_by_hand():
    worth = torch.tensor([4.0, 2.0, 1.0], dtype=torch.float64)
    deletion, insertion = removal_curves(lambda keep: keep.double() @ worth, worth, 0)
    assert deletion.ours == (7.0, 3.0, 1.0, 0.0)
    assert insertion.ours == (0.0, 4.0, 6.0, 7.0)
    assert deletion.random[::-1] == insertion.random
    assert deletion.area == pytest.approx((3.5 + 3.0 + 1.0) / 3)


def test_many_parts_are_taken_out_in_few_steps():
    worth = torch.arange(100.0)
    deletion, _ = removal_curves(lambda keep: keep.double() @ worth.double(), worth, 0)
    assert len(deletion.shares) == STEPS + 1


def test_amounts_that_do_not_add_up_are_said_not_to_converge():
    assert completeness(0.005).passed is True
    assert completeness(0.02).passed is False
    assert completeness(0.02).words.startswith("not converged")
    assert completeness(None).passed is None


def test_ranks_are_spearman_s():
    from scipy.stats import spearmanr

    one, other = torch.tensor([1.0, 1.0, 3.0, 2.0, 0.0]), torch.tensor([5.0, 4.0, 4.0, 4.0, 1.0])
    assert rank_correlation(one, other) == pytest.approx(spearmanr(one, other).statistic)
    assert rank_correlation(one, torch.zeros(5)) == 0.0


def test_unstable_amounts_are_marked(network):
    asked = asked_of(network, torch.randn(1, 8), torch.randn(8, 8))
    drawn = torch.Generator().manual_seed(0)

    def by_chance(some: Asked) -> Amounts:
        found = the_input_itself(some)
        return replace(found, parts=[torch.randn(8, generator=drawn).double() for _ in found.parts])

    assert named(trust_in(asked, by_chance(asked), by_chance, 1), "stability").passed is False
