"""Normalising one window by itself, and undoing it on what is forecast: levels that drift need not be learnt.

Sources: T. Kim et al., Reversible instance normalization, 2022; A. Zeng et al., Are Transformers effective for time
series forecasting?, 2023 (the last value in NLinear).
"""

from collections.abc import Callable

from jaxtyping import Float
from torch import Tensor, nn

History = Float[Tensor, "row lookback"]
Said = Float[Tensor, "row output horizon"]
Level = tuple[Tensor, Tensor]  # shift and size of each row [row, 1]
EPSILON = 1e-5  # added to the variance, so that a window that stands still has a size


class ReversibleNorm(nn.Module):
    """z = (x - mean) / sqrt(variance + EPSILON), each window by itself."""

    def measure(self, history: History) -> Level:
        """Return each window's shift and size; in training no gradient passes through them."""
        still = history.detach() if self.training else history
        mean = still.mean(dim=1, keepdim=True)
        return mean, (still.var(dim=1, keepdim=True, unbiased=False) + EPSILON).sqrt()

    def forward(self, history: History, level: Level) -> History:
        return (history - level[0]) / level[1]

    def inverse(self, said: Said, level: Level) -> Said:
        """Return what is forecast in the units that came in."""
        return said * level[1].unsqueeze(2) + level[0].unsqueeze(2)


class LastValue(ReversibleNorm):
    """z = x - its last value, each window by itself."""

    def measure(self, history: History) -> Level:
        last = history[:, -1:]
        return last, last.new_ones(last.shape)


class AsItIs(ReversibleNorm):
    """z = x."""

    def measure(self, history: History) -> Level:
        last = history[:, -1:]
        return last.new_zeros(last.shape), last.new_ones(last.shape)


NORMS: dict[str, Callable[[], ReversibleNorm]] = {"revin": ReversibleNorm, "last": LastValue, "none": AsItIs}
