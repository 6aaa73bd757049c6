"""The best is kept, or the mean of those that the windows cannot tell from it."""

import numpy as np
import pytest
import torch
from torch import nn

from netwright.core.values import Contender
from netwright.training.forecasting.answering import Windows
from netwright.training.forecasting.contest import Entrant, decide


class Off(nn.Module):
    """Says the truth of a series that stands at 0, plus so much."""

    def __init__(self, by):
        super().__init__()
        self.by = by

    def forward(self, history):
        return torch.full((len(history), 1, 2, 1), float(self.by))


def entrant(name, by, failed=False):
    return Entrant(Off(by), Contender(name, None, None, 1, 0.0, "", failed))


WINDOWS = Windows(np.zeros((60, 1)), np.arange(4, 58), 4, 2)


@pytest.mark.parametrize(
    ("offs", "chosen"),
    [
        ({"a": 1.0, "b": 3.0}, ("a",)),
        ({"a": 3.0, "b": 1.0}, ("b",)),
        ({"a": 1.0, "b": -1.1}, ("a", "b")),
        ({"a": 1.0, "b": 1.001}, ("a", "b")),
    ],
)
def test_what_is_kept(offs, chosen):
    contest = decide({name: entrant(name, by) for name, by in offs.items()}, WINDOWS, "mse", (), "a")
    assert contest.chosen == chosen
    assert "kept" in contest.verdict
    assert [one.loss for one in contest.contenders] == sorted(one.loss for one in contest.contenders)


def test_a_failed_one_takes_no_part():
    entrants = {"a": entrant("a", 5.0), "b": entrant("b", 0.0, failed=True)}
    contest = decide(entrants, WINDOWS, "mse", (), "a")
    assert contest.chosen == ("a",)
    assert contest.contenders[-1].failed
