"""What a forecast rests on: the steps of each channel's past."""

from dataclasses import replace
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from netwright.core.errors import ContractError
from netwright.core.explanations import Explanation, SeriesHeat
from netwright.explanation.amounts import amounts_of, follows_gradients
from netwright.explanation.asked import Asked
from netwright.explanation.parts import parts_of_row
from netwright.explanation.question import Evidence, Question
from netwright.explanation.reading import Reading
from netwright.explanation.series_pieces import series_pieces
from netwright.explanation.trust import trust_in
from netwright.training.forecasting.inference import ForecastModel, latest_windows


class OneChannel(nn.Module):
    """The middle forecast of one channel's steps, averaged, from the past of all channels."""

    def __init__(self, network: nn.Module, channel: int, steps: slice) -> None:
        super().__init__()
        self.network, self.channel, self.steps = network, channel, steps

    def forward(self, history: Float[Tensor, "batch lookback channel"]) -> Float[Tensor, " batch"]:
        said = self.network(history)
        middle: Tensor = said[:, said.shape[1] // 2, self.steps, self.channel].mean(dim=1)
        return middle


def explain_forecast(
    model: ForecastModel,
    source: Any,
    channel: str | None = None,
    step: int | None = None,
    method: str = "auto",
    tests: int = 4,
) -> tuple[Explanation, ...]:
    """Explain the forecasts that follow the last row of each series.

    Args:
        model: of a finished forecasting run.
        source: the latest rows, at least as many as the look-back.
        channel: that is forecast; None: the first.
        step: of the horizon, from 1; None: the mean of all steps.
        method: a name of METHODS, or "auto".
        tests: series that all tests are made of.

    Raises:
        ContractError: there is no such channel or step, or the rows are too few.
        RecipeError: the method is unknown or does not fit.
    """
    number, steps = _which(model, channel, step)
    latest = latest_windows(model, source)
    history = torch.from_numpy(latest.history).float()
    flat = history.mean(dim=1, keepdim=True).expand_as(history).contiguous()
    mean, scale = latest.means[:, number], latest.scales[:, number]
    name = model.schema.channels[number]
    module = OneChannel(model.network, number, steps).eval()
    found = []
    for row, series in enumerate(latest.names):
        inputs, others = (history[row : row + 1],), (flat[row : row + 1],)
        evidence = Evidence(scale=float(scale[row]), shift=float(mean[row]))
        pieces = series_pieces(inputs, 0, 1, history.shape[1])
        asked = Asked(Question(Reading(module, inputs), evidence), inputs, others, (pieces,))
        one = _explained(asked, method, name, tests > row)
        own = latest.history[row] * latest.scales[row] + latest.means[row]
        found.append(_described(one, own, model, (series, step, row)))
    return tuple(found)


def _which(model: ForecastModel, channel: str | None, step: int | None) -> tuple[int, slice]:
    names, horizon = model.schema.channels, model.schema.horizon
    if channel is not None and channel not in names:
        raise ContractError(f"explain: expected a channel of {', '.join(names)}, got {channel!r}")
    if step is not None and not 1 <= step <= horizon:
        raise ContractError(f"explain: expected a step from 1 to {horizon}, got {step}")
    return names.index(channel) if channel else 0, slice(None) if step is None else slice(step - 1, step)


def _explained(asked: Asked, method: str, unit: str, tests: bool) -> Explanation:
    taken, why = method, "asked for"
    if method == "auto":
        reached = follows_gradients(asked)
        taken = "integrated gradients" if reached else "occlusion"
        why = "gradients reach all steps, and its amounts add up" if reached else "this network has no gradient"
    found = amounts_of(asked, taken)
    trust = trust_in(asked, found, lambda other: amounts_of(other, taken), int(tests))[0]
    places = found.places_of(0)
    heat = SeriesHeat((), (), () if places is None else tuple(map(tuple, places[0].T.tolist())))
    return Explanation(
        row=1, answer=f"{float(found.output[0]):.4g}", method=taken, why=why, unit=unit,
        output=float(found.output[0]), reference=float(found.reference[0]),
        parts=parts_of_row(asked.pieces[0], found, 0), checks=trust.checks,
        against="the window flat at its own mean", deletion=trust.deletion, insertion=trust.insertion, series=heat,
    )  # fmt: skip


def _described(
    one: Explanation, own: np.ndarray, model: ForecastModel, which: tuple[str, int | None, int]
) -> Explanation:
    """Add the past in each channel's own unit, and what was explained."""
    series, step, row = which
    assert one.series is not None
    values = tuple(tuple(float(f"{value:.6g}") for value in channel) for channel in own.T.tolist())
    heat = replace(one.series, names=model.schema.channels, values=values) if one.series.amounts else None
    what = "the mean of all steps" if step is None else f"step {step}"
    answer = f"{one.answer} ({what}{f' of {series}' if series else ''})"
    return replace(one, row=row + 1, answer=answer, series=heat)
