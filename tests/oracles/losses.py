"""Losses from their definitions, row by row, in NumPy float64."""

import numpy as np


def mse(z, y, **_):
    return (y - z[:, 0]) ** 2


def mae(z, y, **_):
    return np.abs(y - z[:, 0])


def huber(z, y, delta=1.0, **_):
    e = np.abs(y - z[:, 0])
    return np.where(e <= delta, e**2 / 2, delta * (e - delta / 2))


def bce(z, y, smoothing=0.0, **_):
    truth = (1 - smoothing) * y + smoothing / 2
    p = 1 / (1 + np.exp(-z[:, 0]))
    return -(truth * np.log(p) + (1 - truth) * np.log(1 - p))


def cce(z, y, smoothing=0.0, **_):
    k = z.shape[1]
    p = np.exp(z) / np.exp(z).sum(1, keepdims=True)
    truth = (1 - smoothing) * np.eye(k)[y] + smoothing / k
    return -(truth * np.log(p)).sum(1)
