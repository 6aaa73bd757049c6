"""What the order of layers and their mode say, without learning anything."""

import itertools

import torch
from torch import Tensor, nn

from netwright.core.values import Check
from netwright.diagnosis.preflight.subject import Subject, answers, some, twin

BATCH_NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d, nn.SyncBatchNorm)
DROPOUTS = (nn.Dropout, nn.Dropout1d, nn.Dropout2d, nn.Dropout3d, nn.AlphaDropout)
WITH_BIAS = (nn.Linear, nn.Conv1d, nn.Conv2d, nn.Conv3d)


def check_mode(subject: Subject) -> Check | None:
    """Whether layers that behave differently in training are in training mode."""
    modal = [
        (name, layer) for name, layer in subject.model.named_modules() if isinstance(layer, BATCH_NORMS + DROPOUTS)
    ]
    if not modal:
        return Check("mode", "ok", "no layer behaves differently in training")
    off = [name or "the network" for name, layer in modal if not layer.training and not _is_frozen(layer)]
    if off and not subject.model.training:
        return Check("mode", "warning", "the network is in evaluation mode", "call model.train() before training")
    if off:
        found = f"{some(off)} in evaluation mode while the network trains"
        return Check("mode", "warning", found, "call model.train() after what sets it to evaluation mode")
    return Check("mode", "ok", "training")


def _is_frozen(layer: nn.Module) -> bool:
    """Whether a layer was set aside on purpose: its own weights are not trained."""
    weights = list(layer.parameters(recurse=False))
    return bool(weights) and not any(weight.requires_grad for weight in weights)


def check_batch_of_one(subject: Subject) -> Check | None:
    """Whether batch normalisation would see a single row."""
    norms = [name for name, layer in subject.model.named_modules() if isinstance(layer, BATCH_NORMS)]
    if not norms:
        return None
    rows = subject.batch_size or subject.rows
    if rows < 2:
        remedy = "take batches of 2 rows or more, or layer normalisation"
        return Check("batch norm", "fault", f"batches of {rows} row: its mean is the row itself", remedy)
    if rows < 8:
        remedy = "take larger batches, or group or layer normalisation"
        return Check("batch norm", "warning", f"means and variances of {rows} rows are rough", remedy)
    return Check("batch norm", "ok", f"batches of {rows} rows")


def check_useless_bias(subject: Subject) -> Check | None:
    """Whether biases stand before a batch normalisation, which takes them away again."""
    order = layers_in_order(subject)
    pairs = itertools.pairwise(order)
    useless = [
        name
        for (name, layer), (_, after) in pairs
        if isinstance(layer, WITH_BIAS) and layer.bias is not None and isinstance(after, BATCH_NORMS)
    ]
    if not any(isinstance(layer, BATCH_NORMS) for _, layer in order):
        return None
    found = f"the bias of {some(useless)} is taken away again; it does no harm" if useless else "none"
    return Check("bias before norm", "ok", found)


def check_dropout_before_norm(subject: Subject) -> Check | None:
    """Whether a dropout feeds a batch normalisation, whose variance then differs between training and evaluation.

    Source: Li, Chen, Hu, Yang, Understanding the disharmony between dropout and batch normalization, 2019.
    """
    order = layers_in_order(subject)
    if not any(isinstance(layer, BATCH_NORMS) for _, layer in order):
        return None
    pairs = itertools.pairwise(order)
    wrong = [
        name
        for (name, layer), (_, after) in pairs
        if isinstance(layer, DROPOUTS) and layer.p > 0.0 and isinstance(after, BATCH_NORMS)
    ]
    if wrong:
        found = f"{some(wrong)} feeds a batch norm, whose variance is another without it"
        return Check("dropout before norm", "warning", found, "put the dropout after the activation that follows")
    return Check("dropout before norm", "ok", "none")


@torch.no_grad()
def layers_in_order(subject: Subject) -> list[tuple[str, nn.Module]]:
    """Return the innermost layers with their names in the order in which they run."""
    model, _ = twin(subject)
    ran: list[tuple[str, nn.Module]] = []

    def remember(name: str, layer: nn.Module) -> None:
        def hook(_layer: nn.Module, _inputs: tuple[Tensor, ...], _output: object) -> None:
            ran.append((name, layer))

        layer.register_forward_hook(hook)

    for name, layer in model.named_modules():
        if not any(True for _ in layer.children()):
            remember(name, layer)
    answers(model.eval(), subject.inputs)
    return ran
