"""FITS against the complex numbers that it stands for."""

import torch

from netwright.networks.forecasting import ForecasterConfig, ForecastSpec, build_forecaster


def test_two_real_layers_are_one_complex_map():
    network = build_forecaster(ForecasterConfig("fits", "none", cutoff=0.5), ForecastSpec(16, 8), 0).double()
    core, x = network.core, torch.randn(3, 16, dtype=torch.float64)
    weight = torch.complex(core.real.weight, core.imaginary.weight)
    bias = torch.complex(core.real.bias - core.imaginary.bias, core.imaginary.bias + core.real.bias)
    longer = torch.fft.rfft(x)[:, : core.read] @ weight.T + bias
    expected = torch.fft.irfft(longer, n=24)[:, 16:] * (24 / 16)
    assert torch.allclose(core(x), expected)


def test_frequencies_above_the_cut_off_are_not_heard():
    network = build_forecaster(ForecasterConfig("fits", "none", cutoff=0.4), ForecastSpec(32, 8), 0).double()
    t = torch.arange(32, dtype=torch.float64)
    hum = torch.cos(torch.pi * t)[None]  # the highest frequency there is
    x = torch.randn(1, 32, dtype=torch.float64)
    assert torch.allclose(network.core(x), network.core(x + hum))
