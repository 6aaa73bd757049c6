"""Windows as the rows of a training: a row is the place of its origin, and the network gathers what it reads there.

So that `fit` needs no window in memory: its inputs and its targets are origins, the series lies in buffers that no
checkpoint holds, and the loss gathers the truth as the module gathers the past.
"""

from collections.abc import Callable

import torch
from jaxtyping import Float, Int, Shaped
from torch import Tensor, nn

from netwright.training.losses import LossFunction

Series = Float[Tensor, "row channel"]
Places = Int[Tensor, " batch"]
Answers = Float[Tensor, "batch output horizon channel"]


class Windowed(nn.Module):
    """A network that is asked by origins: it reads the `lookback` rows before each."""

    def __init__(self, network: nn.Module, series: Series, lookback: int) -> None:
        super().__init__()
        self.network = network
        self.register_buffer("series", series, persistent=False)
        self.register_buffer("offsets", torch.arange(-lookback, 0), persistent=False)

    def forward(self, origins: Places) -> Float[Tensor, "batch numbers"]:
        assert isinstance(self.series, Tensor)
        assert isinstance(self.offsets, Tensor)
        history = self.series[origins.unsqueeze(1) + self.offsets]
        answers: Tensor = self.network(history)
        return answers.flatten(1)


def truth_at(series: Series, origins: Places, horizon: int) -> Float[Tensor, "batch horizon channel"]:
    """Return what came: the `horizon` rows from each origin on."""
    return series[origins.unsqueeze(1) + torch.arange(horizon, device=origins.device)]


def squared(said: Answers, truth: Float[Tensor, "batch horizon channel"], _quantiles: tuple[float, ...]) -> Tensor:
    """(y - z)^2 of each number."""
    return (said[:, 0] - truth) ** 2


def absolute(said: Answers, truth: Float[Tensor, "batch horizon channel"], _quantiles: tuple[float, ...]) -> Tensor:
    """|y - z| of each number."""
    return (said[:, 0] - truth).abs()


def pinball(said: Answers, truth: Float[Tensor, "batch horizon channel"], quantiles: tuple[float, ...]) -> Tensor:
    """max(q (y - z), (q - 1) (y - z)), the mean over quantiles q.

    Source: R. Koenker, G. Bassett, Regression quantiles, 1978.
    """
    shares = torch.cat([said.new_full((1,), share) for share in quantiles]).view(1, -1, 1, 1)
    error = truth.unsqueeze(1) - said
    return torch.maximum(shares * error, (shares - 1.0) * error).mean(dim=1)


LOSSES: dict[str, Callable[[Tensor, Tensor, tuple[float, ...]], Tensor]] = {
    "mse": squared,
    "mae": absolute,
    "pinball": pinball,
}


def loss_name(asked: str, quantiles: tuple[float, ...]) -> str:
    """Return the loss by name: pinball where quantiles are forecast, else the squared error unless mae is asked."""
    return "pinball" if quantiles else "mae" if asked == "mae" else "mse"


def window_loss(series: Series, sizes: tuple[int, int], name: str, quantiles: tuple[float, ...]) -> LossFunction:
    """Return the loss of flat answers at origins: the mean over windows, steps and channels.

    Args:
        series: standardised rows.
        sizes: values that are forecast for each step, and steps.
        name: of LOSSES.
        quantiles: that are forecast, if any.
    """
    outputs, horizon = sizes
    compute, channels = LOSSES[name], series.shape[1]
    there = {series.device: series}  # a copy on each device that asked

    def measure(logits: Tensor, targets: Shaped[Tensor, " batch"], weights: Tensor | None = None) -> Tensor:
        assert weights is None, "windows all count the same"
        said = logits.view(len(logits), outputs, horizon, channels)
        if logits.device not in there:
            there[logits.device] = series.to(logits.device)
        truth = truth_at(there[logits.device], targets, horizon).to(said.dtype)
        return compute(said, truth, quantiles).mean()

    return measure
