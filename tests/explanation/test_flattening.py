"""Where in time the evidence lies: found where it was planted, for any network."""

import numpy as np
import pytest
import torch
from torch import nn

from netwright.explanation.flattening import STRETCHES, evidence_of, flattening, straightened
from netwright.networks.layers.series import inside_of


class Peak(nn.Module):
    """Says how far the highest value between two places rises above the first one."""

    def __init__(self, start, end):
        super().__init__()
        self.start, self.end = start, end
        self.weight = nn.Parameter(torch.ones(1))

    def forward(self, _numeric, _categorical, series):
        return self.weight * series[:, 0, self.start : self.end].amax(dim=1, keepdim=True)


def rows_of(series):
    return torch.zeros(len(series), 0), torch.zeros(len(series), 0, dtype=torch.int64), series


def test_the_stretch_that_decides_is_the_hottest():
    series = torch.zeros(2, 1, 64)
    series[0, 0, 21], series[1, 0, 42] = 5.0, 5.0
    network = Peak(0, 64).eval()
    heat = flattening(network, rows_of(series), torch.tensor([1, 1])).numpy()
    assert heat.shape == (2, STRETCHES)
    assert heat.argmax(axis=1).tolist() == [21 // 4, 42 // 4]
    assert np.allclose(np.sort(heat)[:, :-1], 0.0)
    assert np.allclose(flattening(network, rows_of(series), None).numpy(), heat)


def test_the_stretches_of_a_short_series_are_short():
    series = torch.zeros(1, 1, 64)
    series[0, 0, 32:] = torch.nan
    series[0, 0, 20] = 5.0
    network = Peak(0, 32).eval()
    assert flattening(network, rows_of(series), torch.tensor([1])).argmax().item() == 10


def test_a_straight_stretch_joins_its_neighbours():
    series = torch.tensor([[[0.0, 9.0, 9.0, 3.0, 4.0, torch.nan]]] * 3)
    found = straightened(series, torch.tensor([1, 0, 3]), torch.tensor([3, 2, 5]))
    assert found[0, 0, :5].tolist() == [0.0, 1.0, 2.0, 3.0, 4.0]
    assert found[1, 0, :5].tolist() == [9.0, 9.0, 9.0, 3.0, 4.0]
    assert found[2, 0, :5].tolist() == [0.0, 9.0, 9.0, 9.0, 9.0]
    assert torch.equal(inside_of(found), inside_of(series))


def test_evidence_is_the_log_odds_of_the_answer():
    logits = torch.tensor([[2.0, -1.0, 0.5]])
    share = logits.softmax(dim=1)[0, 0]
    assert evidence_of(logits, torch.tensor([0])).item() == pytest.approx((share / (1 - share)).log().item(), abs=1e-5)
    assert evidence_of(torch.tensor([[1.5]]), torch.tensor([0])).item() == -1.5
