"""What is settled before the first step: the task, where the rows lie, and what could not work."""

import math

import torch
from torch import Tensor, nn

from netwright.core.errors import RecipeError
from netwright.core.values import Task
from netwright.networks.layers.dropout import ClassicDropout
from netwright.networks.layers.numeric_embedding import PiecewiseEmbedding
from netwright.networks.layers.series import SeriesLayer
from netwright.training.batches import Batches, Inputs
from netwright.training.config import TrainingConfig
from netwright.training.losses import prepare_targets


def task_of(targets: Tensor) -> Task:
    """Guess the task where none is given: whole-number targets are classes, others are values."""
    return "regression" if targets.is_floating_point() else "multiclass"


def bring(batches: Batches, task: Task | None, dtype: torch.dtype, device: torch.device) -> Batches:
    """Move all rows to the device once, the targets as the task's loss wants them; no validation rows become None.

    Without a task the targets stay what they are.
    """
    inputs, truth = batches.validation_inputs, batches.validation_targets
    if inputs is None or truth is None or not len(truth):
        inputs = truth = None
    return Batches(
        tuple(tensor.to(device) for tensor in batches.train_inputs),
        _targets(batches.train_targets.to(device), task, dtype),
        None if inputs is None else tuple(tensor.to(device) for tensor in inputs),
        None if truth is None else _targets(truth.to(device), task, dtype),
        _scaled(batches.train_weights, dtype, device),
        None if inputs is None else _scaled(batches.validation_weights, dtype, device),
    )


def _targets(targets: Tensor, task: Task | None, dtype: torch.dtype) -> Tensor:
    return targets if task is None else prepare_targets(targets, task, dtype)


def _scaled(weights: Tensor | None, dtype: torch.dtype, device: torch.device) -> Tensor | None:
    """Weights with mean 1; none where all are the same, which is as good and faster."""
    if weights is None or bool((weights == weights[0]).all()):
        return None
    return (weights.double() / weights.double().mean()).to(device, dtype)


def check(module: nn.Module, batches: Batches, config: TrainingConfig, has_metric: bool) -> None:
    """Refuse what could not work, before anything is trained.

    Raises:
        RecipeError: one sentence that says what to change.
    """
    if not batches.rows:
        raise RecipeError("training: expected at least one training row, got none")
    if not any(parameter.requires_grad for parameter in module.parameters()):
        raise RecipeError("training: expected a module with parameters to train, got none")
    if config.monitor == "metric" and (not has_metric or batches.validation_inputs is None):
        raise RecipeError('training.monitor: "metric" needs a metric and validation rows; take "validation_loss"')
    _check_batch_size(module, batches, config)
    _check_bins(module)
    _check_dropout(module, config)
    ends = any(isinstance(layer, SeriesLayer) for layer in module.modules())
    _check_finite("training", (*_known(batches.train_inputs, ends), batches.train_targets))
    if batches.validation_inputs is not None and batches.validation_targets is not None:
        _check_finite("validation", (*_known(batches.validation_inputs, ends), batches.validation_targets))
    _check_weights("training", batches.train_weights)
    _check_weights("validation", batches.validation_weights)


def _check_batch_size(module: nn.Module, batches: Batches, config: TrainingConfig) -> None:
    normalised = any(isinstance(layer, nn.modules.batchnorm._BatchNorm) for layer in module.modules())
    if normalised and min(config.batch_size, batches.rows) < 2:
        raise RecipeError(
            "training.batch_size: batch normalisation needs at least 2 rows in a batch; "
            'raise it or set network.normalization = "layer"'
        )


def _check_weights(which: str, weights: Tensor | None) -> None:
    if weights is None or not len(weights):
        return
    low, high = float(weights.min()), float(weights.max())
    if not (0.0 <= low <= high < math.inf) or high == 0.0:
        raise RecipeError(
            f"training: expected weights of {which} rows of at least 0 and not all 0, got {low:g} to {high:g}"
        )


def _check_bins(module: nn.Module) -> None:
    if any(isinstance(layer, PiecewiseEmbedding) and not layer.has_bins for layer in module.modules()):
        raise RecipeError(
            "network.numeric_embedding: expected a piecewise embedding with bins, got one without; "
            "call networks.fit_bins(module, numeric) with the training rows first"
        )


def _check_dropout(module: nn.Module, config: TrainingConfig) -> None:
    classic = any(isinstance(layer, ClassicDropout) for layer in module.modules())
    if classic and config.dropout_schedule != "constant":
        raise RecipeError(
            "training.dropout_schedule: expected inverted dropout, got classic, whose answers are scaled by a share "
            'that stays; set network.dropout_form = "inverted" or dropout_schedule = "constant"'
        )


def _known(inputs: Inputs, ends: bool) -> Inputs:
    """Return the inputs that must be finite: after the end of a series stands NaN, and readers refuse infinity."""
    return inputs[:2] if ends else inputs


def _check_finite(which: str, tensors: Inputs) -> None:
    suspects = [tensor for tensor in tensors if tensor.is_floating_point() and not _is_finite(tensor)]
    wrong = sum(int((~torch.isfinite(tensor)).sum()) for tensor in suspects)
    if wrong:
        raise RecipeError(f"training: expected finite numbers, {which} rows hold {wrong} NaN or infinite; prepare them")


def _is_finite(tensor: Tensor) -> bool:
    """In one pass without a copy: isfinite would make copies as large as the data. NaN goes through to both ends."""
    if not tensor.numel():
        return True
    return all(bool(torch.isfinite(end)) for end in torch.aminmax(tensor))
