"""What a network is told to make small. Every loss reads logits, so that exponentials can be taken safely.

Reduction is the mean over rows. A class weight multiplies its rows' losses, and so does a row's own weight; either kind
is scaled so that its mean over the training rows is 1, which keeps the learning rate's meaning and makes a batch's
gradient the row-weighted mean of its micro-batches' gradients.
"""

from collections.abc import Callable
from typing import Protocol, runtime_checkable

import torch
from jaxtyping import Float, Shaped
from torch import Tensor
from torch.nn import functional

from netwright.core.errors import RecipeError
from netwright.core.values import Task
from netwright.training.config import TrainingConfig

Logits = Float[Tensor, "batch outputs"]
MemberLogits = Float[Tensor, "rows outputs"]  # a whole number of times the batch
RowWeights = Float[Tensor, " batch"]
Targets = Shaped[Tensor, "batch *outputs"]  # (batch,) class numbers or values; (batch, outputs) values


@runtime_checkable
class LossFunction(Protocol):
    """From logits, targets and the rows' own weights, if they have any, to a scalar.

    Logits of several members, one after another, are each measured by the same targets; their losses are averaged.
    """

    def __call__(self, logits: Tensor, targets: Tensor, weights: Tensor | None = None) -> Tensor: ...


def mse(logits: Logits, targets: Targets, _config: TrainingConfig, reduction: str) -> Tensor:
    """(y - z)^2."""
    return functional.mse_loss(logits, _like(targets, logits), reduction=reduction)


def mae(logits: Logits, targets: Targets, _config: TrainingConfig, reduction: str) -> Tensor:
    """|y - z|."""
    return functional.l1_loss(logits, _like(targets, logits), reduction=reduction)


def huber(logits: Logits, targets: Targets, config: TrainingConfig, reduction: str) -> Tensor:
    """e^2 / 2 where |e| <= delta, else delta (|e| - delta / 2) (Huber, Robust estimation of a location, 1964)."""
    return functional.huber_loss(logits, _like(targets, logits), reduction=reduction, delta=config.huber_delta)


def bce(logits: Logits, targets: Targets, config: TrainingConfig, reduction: str) -> Tensor:
    """max(z, 0) - z y + log(1 + e^-|z|), which is -[y log s(z) + (1 - y) log(1 - s(z))]; y in {0, 1}.

    Label smoothing e replaces y by (1 - e) y + e / 2.
    """
    truth = _like(targets, logits)
    if config.label_smoothing:
        truth = truth * (1.0 - config.label_smoothing) + 0.5 * config.label_smoothing
    return functional.binary_cross_entropy_with_logits(logits, truth, reduction=reduction)


def cce(logits: Logits, targets: Targets, config: TrainingConfig, reduction: str) -> Tensor:
    """log sum_j e^(z_j) - sum_j q_j z_j; q is 1 at the class number y and 0 elsewhere.

    Label smoothing e replaces q by (1 - e) q + e / K (Szegedy et al., Rethinking Inception, 2016).
    """
    return functional.cross_entropy(logits, targets, reduction=reduction, label_smoothing=config.label_smoothing)


LOSSES: dict[str, Callable[[Tensor, Tensor, TrainingConfig, str], Tensor]] = {
    "mse": mse,
    "mae": mae,
    "huber": huber,
    "bce": bce,
    "cce": cce,
}

FITTING: dict[str, tuple[str, ...]] = {  # task -> losses that suit it, the default first
    "regression": ("mse", "mae", "huber"),
    "binary": ("bce",),
    "multiclass": ("cce",),
}


def loss_for(config: TrainingConfig, task: Task, targets: Tensor) -> LossFunction:
    """Return the loss as a function of logits and targets.

    Args:
        config: names the loss, smoothing and class weights.
        task: what "auto" resolves by.
        targets: of all training rows; class weights are scaled by them.

    Raises:
        RecipeError: the loss, smoothing or class weights do not suit the task.
    """
    name, scale = loss_terms(config, task, targets)
    compute = LOSSES[name]
    if scale is not None:
        scale = scale.to(targets.device, torch.float64 if targets.device.type == "cpu" else torch.float32)

    def measure(logits: MemberLogits, targets: Targets, weights: RowWeights | None = None) -> Tensor:
        if len(logits) > len(targets):
            members = len(logits) // len(targets)
            targets = targets.repeat(members, *[1] * (targets.ndim - 1))
            weights = None if weights is None else weights.repeat(members)
        if scale is None and weights is None:
            return compute(logits, targets, config, "mean")
        rows = compute(logits, targets, config, "none").reshape(len(targets), -1).mean(dim=1)
        if scale is not None:
            rows = rows * scale.to(rows)[targets.flatten().long()]
        return (rows if weights is None else rows * weights).mean()

    return measure


def loss_terms(config: TrainingConfig, task: Task, targets: Tensor) -> tuple[str, Float[Tensor, " classes"] | None]:
    """Return the loss by name, and one weight a class if there are any; arguments and errors as of `loss_for`."""
    return _resolve(config, task), _class_weights(config, task, targets)


def prepare_targets(targets: Tensor, task: Task, dtype: torch.dtype) -> Tensor:
    """Cast targets once, before training, to what the loss reads: class numbers, or floats of the network's type."""
    return targets.long() if task == "multiclass" else targets.to(dtype)


def _like(targets: Tensor, logits: Tensor) -> Tensor:
    return targets.to(logits.dtype).view_as(logits)


def _resolve(config: TrainingConfig, task: Task) -> str:
    suited = FITTING[task]
    if config.loss not in ("auto", *suited):
        raise RecipeError(f"training.loss: {config.loss!r} does not suit a {task} task; expected {' or '.join(suited)}")
    if task == "regression" and config.label_smoothing:
        raise RecipeError("training.label_smoothing: a regression task has no labels to smooth; set it to 0")
    return suited[0] if config.loss == "auto" else config.loss


def _class_weights(config: TrainingConfig, task: Task, targets: Tensor) -> Float[Tensor, " classes"] | None:
    if isinstance(config.class_weights, str) and config.class_weights == "none":
        return None
    if task == "regression":
        raise RecipeError('training.class_weights: a regression task has no classes; set it to "none"')
    rows = torch.bincount(targets.flatten().long().cpu(), minlength=2).double()
    if isinstance(config.class_weights, str):
        weights = 1.0 / rows.clamp(min=1.0)
    else:
        weights = torch.tensor(config.class_weights, dtype=torch.float64)
    if len(weights) < len(rows):
        raise RecipeError(f"training.class_weights: expected {len(rows)} numbers, one a class, got {len(weights)}")
    rows = functional.pad(rows, (0, len(weights) - len(rows)))
    return weights * rows.sum() / (weights * rows).sum()
