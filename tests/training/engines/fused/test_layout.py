"""Parameters that are treated alike lie side by side."""

from dataclasses import replace

import pytest

from netwright.training.engines.fused.layout import ALIGNMENT, lay_out
from netwright.training.factors import treatments
from tests.training.small_runs import CONFIG, make_module

FACTORS = {"rate_factors": {"bias": 0.1, "scaling": 6.0}, "decay_factors": {"bias": 0.0, "weight": 0.5}}


def module():
    return make_module(numeric_embedding="periodic", scaling=True, parametric=True)


@pytest.mark.parametrize("optimizer", ["adamw", "muon"])
@pytest.mark.parametrize("factors", [{}, FACTORS])
def test_segments_follow_each_other_and_hold_what_is_treated_alike(optimizer, factors):
    network, config = module(), replace(CONFIG, optimizer=optimizer, **factors)
    layout, found = lay_out(network, config), treatments(network, config)
    assert [part.start for part in layout.segments] == [0, *(part.end for part in layout.segments[:-1])]
    assert layout.segments[-1].end == layout.trained == layout.size
    for name, place in layout.places.items():
        (part,) = (part for part in layout.segments if part.start <= place < part.end)
        assert place % ALIGNMENT == 0
        assert part.treatment == found[name]
        assert part.orthogonal == (optimizer == "muon" and name in ("hidden.0.weight", "hidden.4.weight"))


def test_the_usual_recipe_has_two_segments():
    assert len(lay_out(module(), replace(CONFIG, optimizer="adamw")).segments) == 2
    assert len({part.treatment for part in lay_out(module(), replace(CONFIG, **FACTORS)).segments}) == 5


def test_frozen_parameters_come_last():
    network = module()
    network.hidden[0].weight.requires_grad_(False)
    layout = lay_out(network, CONFIG)
    assert layout.places["hidden.0.weight"] == layout.trained < layout.size
