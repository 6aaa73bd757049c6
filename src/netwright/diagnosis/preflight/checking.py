"""All checks in the order of a training step, and how they are run."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from netwright.core.values import Check
from netwright.diagnosis.preflight import beginning, dependence, learning, objective, parameters, structure
from netwright.diagnosis.preflight.subject import LossCall, Subject, answers, subject_of, twin, undisturbed

Examination = Callable[[Subject], Check | None]

CHECKS: dict[str, Examination] = {
    "inputs": beginning.check_inputs,
    "order of rows": beginning.check_order,
    "labels": objective.check_labels,
    "head and loss": objective.check_head,
    "shapes": objective.check_shapes,
    "initial loss": beginning.check_first_loss,
    "mode": structure.check_mode,
    "batch norm": structure.check_batch_of_one,
    "bias before norm": structure.check_useless_bias,
    "dropout before norm": structure.check_dropout_before_norm,
    "optimizer": parameters.check_optimizer,
    "frozen": parameters.check_frozen,
    "gradients": learning.check_gradients,
    "one batch": learning.check_one_batch,
    "rows apart": dependence.check_rows,
    "time": dependence.check_time,
}
ERRORS = (RuntimeError, ValueError, TypeError, IndexError, KeyError, AttributeError, AssertionError)  # of a user's code


def preflight(subject: Subject) -> tuple[Check, ...]:
    """Run every check; the network, its optimizer and the generators stay as they were.

    Returns:
        What was found, check by check. Where the network or its loss fails, that alone.
    """
    with undisturbed():
        failed = _forward(subject)
        if failed is not None:
            return (failed,)
        found = []
        for examine in CHECKS.values():
            torch.manual_seed(0)
            found.append(examine(subject))
    return tuple(check for check in found if check is not None)


def preflight_module(
    model: nn.Module,
    inputs: Tensor | Sequence[Tensor] | Mapping[str, Tensor],
    targets: Any,
    loss_fn: LossCall,
    optimizer: torch.optim.Optimizer | Sequence[torch.optim.Optimizer] | None = None,
) -> tuple[Check, ...]:
    """Check anybody's own network before its training, in seconds; nothing of it is changed.

    Args:
        model: in training mode, as the loop would have it.
        inputs: some rows as a step sees them, 16 or more: a tensor, several positional ones, or by name.
        targets: of these rows, as the loss takes them.
        loss_fn: called with the model's answer and the targets.
        optimizer: one or several; none: one batch is learnt with Adam at 0.001.

    Returns:
        One `Check` for each thing that was looked at: ok, warning or fault, with the evidence and what to do.

    Example:
        >>> checks = nw.preflight_module(model, x, y, torch.nn.CrossEntropyLoss(), optimizer)  # doctest: +SKIP
    """
    return preflight(subject_of(model, inputs, targets, loss_fn, optimizer))


def _forward(subject: Subject) -> Check | None:
    """Return what is wrong where the network or its loss cannot be run at all."""
    model, _ = twin(subject)
    model.train(subject.model.training)
    what = "forward pass"
    try:
        output = answers(model, subject.inputs)
        what = "loss"
        loss = subject.loss(output, subject.targets)
    except ERRORS as error:
        if subject.rows == 1 and "more than 1 value per channel" in str(error):
            return structure.check_batch_of_one(subject)
        said = (str(error).strip().splitlines() or [type(error).__name__])[0]
        return Check(what, "fault", f"it fails: {said[:200]}", "mend this first: nothing else can be looked at")
    if not isinstance(loss, Tensor) or loss.numel() != 1:
        return Check(what, "fault", "expected one number as a loss", 'take its mean: reduction="mean"')
    return None
