"""Forecasts are explained through what their networks undo: levels that are taken off a window and put back."""

import pytest
import torch

from netwright.explanation.amounts import amounts_of
from netwright.explanation.asked import Asked
from netwright.explanation.forecasts import OneChannel
from netwright.explanation.integrated_gradients import TOLERANCE
from netwright.explanation.question import Evidence, Question
from netwright.explanation.reading import Reading
from netwright.explanation.series_pieces import series_pieces
from netwright.networks.forecasting import ForecasterConfig, ForecastSpec, build_forecaster


@pytest.mark.parametrize("normalization", ["revin", "last", "none"])
@pytest.mark.parametrize("name", ["patchtst", "gru"])
def test_amounts_of_steps_add_up(name, normalization):
    config = ForecasterConfig(name=name, normalization=normalization, width=8, depth=1, heads=2, patch=4, stride=2)
    network = build_forecaster(config, ForecastSpec(lookback=16, horizon=3), 0)
    with torch.no_grad():
        for weight in network.parameters():
            weight += 0.2 * torch.randn(weight.shape)
    history = torch.randn(1, 16, 2)
    flat = history.mean(dim=1, keepdim=True).expand_as(history).contiguous()
    question = Question(Reading(OneChannel(network, 1, slice(0, 3)).eval(), (history,)), Evidence())
    asked = Asked(question, (history,), (flat,), (series_pieces((history,), 0, 1, 16),))
    found = amounts_of(asked, "integrated gradients")
    assert float(found.gap.max()) <= TOLERANCE
    total = float(found.parts[0].sum())
    assert total == pytest.approx(float(found.output - found.reference), rel=0.011, abs=1e-3)
    assert found.places is not None
    assert float(found.places[0][0, :, 0].abs().max()) == 0.0  # the other channel
