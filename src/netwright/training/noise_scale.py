"""The gradient noise scale: up to how many rows a batch uses each of its rows well.

Source: S. McCandlish, J. Kaplan, D. Amodei, An empirical model of large-batch training, 2018.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from netwright.core.values import NoiseScale
from netwright.training.batches import Inputs, epoch_order
from netwright.training.trial import Trial

BATCHES = 64  # small batches that are compared with the big ones which they make up
LEAST_BATCHES = 2


def separate(small: float, big: float, small_rows: int, big_rows: int) -> tuple[float, float]:
    """Return tr(Sigma) and |G|^2 from squared norms of gradients of few and of many rows; neither is biased.

    The squared norm of a mean over B rows is expected to be |G|^2 + tr(Sigma) / B.

    Args:
        small: mean squared norm of the gradients of `small_rows` rows.
        big: the same of `big_rows` rows.
        small_rows: fewer than `big_rows`.
        big_rows: of a big batch.
    """
    noise = (small - big) / (1.0 / small_rows - 1.0 / big_rows)
    signal = (big_rows * big - small_rows * small) / (big_rows - small_rows)
    return noise, signal


def measure_noise_scale(trial: Trial) -> NoiseScale | None:
    """Compare gradients of batches of the recipe's size with those of all rows of several of them, no step taken.

    Returns:
        The noise scale at the trial's weights; None where there are too few rows for two batches.
    """
    batches, config = trial.batches, trial.engine.config
    rows = min(config.batch_size, batches.rows // LEAST_BATCHES)
    count = min(BATCHES, batches.rows // rows) if rows > 1 else 0
    if count < LEAST_BATCHES:
        return None
    small, big = [], []
    for turn in range(1, max(1, BATCHES // count) + 1):
        order = epoch_order(batches.rows, config.seed, turn).to(batches.train_targets.device)
        total: list[Tensor] = []
        for number in range(count):
            gradients = _gradients(trial, order[number * rows : (number + 1) * rows])
            small.append(_squared_norm(gradients))
            total = [a + b for a, b in zip(total, gradients, strict=True)] if total else gradients
        big.append(_squared_norm(total) / count**2)
    noise, signal = separate(_mean(small), _mean(big), rows, rows * count)
    return NoiseScale(trial.steps, noise, signal)


def _gradients(trial: Trial, rows: Tensor) -> list[Tensor]:
    """Return the gradients of the mean loss over some rows."""
    batches, engine = trial.batches, trial.engine
    inputs: Inputs = tuple(tensor[rows] for tensor in batches.train_inputs)
    weights = None if batches.train_weights is None else batches.train_weights[rows]
    loss = engine.loss(engine.module(*inputs), batches.train_targets[rows], weights)
    parameters = engine.updater.parameters
    found = torch.autograd.grad(loss, parameters, allow_unused=True)
    return [torch.zeros_like(p) if g is None else g for p, g in zip(parameters, found, strict=True)]


def _squared_norm(gradients: Sequence[Tensor]) -> float:
    return float(torch.stack([gradient.double().square().sum() for gradient in gradients]).sum())


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
