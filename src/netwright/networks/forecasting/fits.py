"""A complex linear map of the lowest frequencies of a window to those of the window and its horizon together.

Y_k = sum_j W_kj X_j + b_k for j up to the cut-off, X the spectrum of the window; the spectrum of the longer series is
turned back into values, and its last steps are the forecast.
Source: Z. Xu, A. Zeng, Q. Xu, FITS: modeling time series with 10k parameters, 2024.
"""

import torch
from jaxtyping import Float
from torch import Generator, Tensor, nn

from netwright.networks.forecasting.config import ForecasterConfig, ForecastSpec
from netwright.networks.layers.unfilled import unfilled


class FitsCore(nn.Module):
    """Real and imaginary parts of W are two real layers, so that every optimizer can train them."""

    def __init__(self, spec: ForecastSpec, cutoff: float) -> None:
        super().__init__()
        self.spec = spec
        self.read = max(1, min(spec.lookback // 2 + 1, round(cutoff * (spec.lookback // 2 + 1))))
        whole = spec.lookback + spec.horizon
        self.said = min(whole // 2 + 1, max(1, round(self.read * whole / spec.lookback)))
        size = spec.outputs * self.said
        self.real = unfilled(nn.Linear(self.read, size, device="meta"))
        self.imaginary = unfilled(nn.Linear(self.read, size, device="meta"))

    def fill(self, generator: Generator) -> None:
        """N(0, 1 / (100 fan_in)): training starts near the window's own level; biases zero."""
        for layer in (self.real, self.imaginary):
            nn.init.normal_(layer.weight, 0.0, 0.1 / layer.in_features**0.5, generator=generator)
            nn.init.zeros_(layer.bias)

    def forward(self, x: Float[Tensor, "row lookback"]) -> Float[Tensor, "row outputs"]:
        lookback, horizon = self.spec.lookback, self.spec.horizon
        spectrum = torch.fft.rfft(x, dim=1)[:, : self.read]
        a, b = spectrum.real, spectrum.imag
        real = self.real(a) - self.imaginary(b)
        imaginary = self.imaginary(a) + self.real(b)
        longer = torch.complex(real, imaginary).view(len(x), self.spec.outputs, self.said)
        whole: Tensor = torch.fft.irfft(longer, n=lookback + horizon, dim=2) * ((lookback + horizon) / lookback)
        return whole[:, :, lookback:].flatten(1)


def make_fits(config: ForecasterConfig, spec: ForecastSpec) -> FitsCore:
    """FITS, with normalization "revin"."""
    return FitsCore(spec, config.cutoff)
