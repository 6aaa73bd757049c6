"""What an answer depends on, and should not: other rows of the batch, and what lies ahead in time."""

import torch
from torch import Tensor

from netwright.core.values import Check
from netwright.diagnosis.preflight.subject import Subject, answers, changed, twin

APART = 1e-3  # change of an answer over the answers' spread, above which it depends on something


@torch.no_grad()
def check_rows(subject: Subject) -> Check | None:
    """Whether a row's answer changes with the other rows of its batch, in evaluation mode."""
    if subject.rows < 4:
        return None
    model, _ = twin(subject)
    model.eval()
    half = subject.rows // 2
    before = answers(model, subject.inputs)
    after = answers(model, changed(subject, lambda tensor: _with_others(tensor, half)))
    if not isinstance(before, Tensor) or before.ndim == 0 or len(before) != subject.rows:
        return None
    change = _change(before[:half], after[:half], before)
    if change > APART:
        found = f"in evaluation mode answers change by {change:.2g} of their spread with the other rows of a batch"
        return Check("rows apart", "fault", found, "look for sums or means over dimension 0, and for reshapes of rows")
    return Check("rows apart", "ok", "an answer depends on its own row alone")


def _with_others(tensor: Tensor, half: int) -> Tensor:
    """Return the first half of the rows, and after it as many others: the first row again and again.

    The same rows in another order would leave sums and means over the batch as they were.
    """
    return torch.cat([tensor[:half], tensor[:1].expand(len(tensor) - half, *tensor.shape[1:])])


@torch.no_grad()
def check_time(subject: Subject) -> Check | None:
    """Whether an answer at one time changes with inputs of later times, where there is an answer for each time."""
    inputs = list(subject.inputs.values()) if isinstance(subject.inputs, dict) else list(subject.inputs)
    if not inputs or inputs[0].ndim < 2 or inputs[0].shape[1] < 4:
        return None
    times = inputs[0].shape[1]
    model, _ = twin(subject)
    model.eval()
    before = answers(model, subject.inputs)
    if not isinstance(before, Tensor) or before.ndim < 3 or before.shape[:2] != inputs[0].shape[:2]:
        return None
    half = times // 2

    def later(tensor: Tensor) -> Tensor:
        if tensor.ndim < 2 or tensor.shape[1] != times:
            return tensor
        return torch.cat([tensor[:, :half], tensor[:, half:].flip(1).roll(1, 0)], dim=1)

    change = _change(before[:, :half], answers(model, changed(subject, later))[:, :half], before)
    if change <= APART:
        return Check("time", "ok", "an answer depends on what came before it alone")
    found = f"answers change by {change:.2g} of their spread with what comes after them"
    if _foretells(inputs[0], subject.targets):
        return Check("time", "fault", found, "mask what lies ahead: the targets are the next inputs")
    remedy = "right for labelling what is known, wrong for foretelling: then mask what lies ahead"
    return Check("time", "warning", found, remedy)


def _foretells(inputs: Tensor, targets: object) -> bool:
    """Whether the targets are the inputs, one step ahead."""
    if not isinstance(targets, Tensor) or targets.shape[:2] != inputs.shape[:2]:
        return False
    return targets.shape == inputs.shape and bool((targets[:, :-1] == inputs[:, 1:]).all())


def _change(before: Tensor, after: Tensor, every: Tensor) -> float:
    spread = float(every.double().std()) if every.numel() > 1 else 0.0
    return float((before - after).abs().max()) / max(spread, 1e-12) if spread > 0.0 else 0.0
