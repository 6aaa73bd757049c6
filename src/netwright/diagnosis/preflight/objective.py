"""Whether head, loss and targets belong together."""

import torch
from torch import Tensor

from netwright.core.values import Check
from netwright.diagnosis.preflight.subject import OF_VALUES, Subject, answers, twin

THROUGH = ("View", "Squeeze", "Unsqueeze", "ReshapeAlias", "UnsafeView", "Alias", "Permute", "Transpose", "Clone", "T")
HEADS = {
    "Softmax": "softmax",
    "LogSoftmax": "log_softmax",
    "Sigmoid": "sigmoid",
    "LogSigmoid": "log_sigmoid",
    "Relu": "relu",
    "Tanh": "tanh",
}
RANGES = {"sigmoid": (0.0, 1.0), "softmax": (0.0, 1.0), "tanh": (-1.0, 1.0), "relu": (0.0, float("inf"))}
SUM = 1e-3  # how far sums of probabilities may be from 1


def head_of(output: Tensor) -> str:
    """Return what outputs went through last, read from their graph; "" where it is none of HEADS."""
    node = output.grad_fn
    while node is not None:
        name = type(node).__name__.removesuffix("Backward0").removesuffix("Backward1").lstrip("_")
        if name in HEADS:
            return HEADS[name]
        if name not in THROUGH or not node.next_functions:
            return ""
        node = node.next_functions[0][0]
    return ""


def check_head(subject: Subject) -> Check | None:
    """Whether the loss gets what it is meant for: logits, log-probabilities, probabilities or values."""
    model, _ = twin(subject)
    output = answers(model, subject.inputs)
    if not isinstance(output, Tensor) or not subject.loss_name:
        return None
    head, name = head_of(output) or _by_values(output.detach()), subject.loss_name
    wrong = _wrong_of_classes(head, name, output.detach()) or _wrong_of_values(subject, head)
    if wrong:
        return Check("head and loss", "fault", *wrong)
    return Check("head and loss", "ok", f"{head or 'a linear head'} with {name}")


def _by_values(output: Tensor) -> str:
    if output.ndim < 2 or output.shape[1] < 2 or bool((output < 0).any()):
        return ""
    return "softmax" if bool((output.sum(dim=1) - 1.0).abs().max() < SUM) else ""


def _wrong_of_classes(head: str, name: str, output: Tensor) -> tuple[str, str] | None:
    outputs = output.shape[1] if output.ndim >= 2 else 1
    if head == "softmax" and outputs == 1:
        return "softmax over one output is always 1", "take a sigmoid, or a linear output with BCEWithLogitsLoss"
    if name == "cross_entropy" and outputs == 1:
        return "cross-entropy over one output is always 0", "one output for each class, or BCEWithLogitsLoss"
    if name == "cross_entropy" and head in ("softmax", "sigmoid", "relu"):
        return f"{head} before cross-entropy, which takes logits", f"leave the {head} out of the network's end"
    if name == "bce_with_logits" and head in ("sigmoid", "softmax", "relu"):
        return f"{head} before a loss that takes logits", f"leave the {head} out, or take BCELoss"
    if name == "nll" and head != "log_softmax":
        return f"NLLLoss after {head or 'a linear head'}; it takes log-probabilities", "take CrossEntropyLoss"
    low, high = float(output.min()), float(output.max())
    if name == "bce" and (head not in ("sigmoid", "softmax")) and (low < 0.0 or high > 1.0):
        return f"BCELoss of outputs from {low:.3g} to {high:.3g}; it takes probabilities", "take BCEWithLogitsLoss"
    return None


def _wrong_of_values(subject: Subject, head: str) -> tuple[str, str] | None:
    targets = subject.targets
    if subject.loss_name not in OF_VALUES or head not in RANGES or not isinstance(targets, Tensor):
        return None
    low, high = RANGES[head]
    least, most = float(targets.min()), float(targets.max())
    if least < low - 1e-6 or most > high + 1e-6:
        reach = f"{low:g} to {high:g}" if high < float("inf") else f"{low:g} upwards"
        return f"{head} answers {reach}, targets go from {least:.3g} to {most:.3g}", "take a linear output"
    return None


def check_labels(subject: Subject) -> Check | None:
    """Whether class numbers and 0-or-1 targets are coded as the loss reads them."""
    targets, name = subject.targets, subject.loss_name
    if not isinstance(targets, Tensor) or not targets.numel():
        return None
    least, most = float(targets.min()), float(targets.max())
    if name in ("bce", "bce_with_logits"):
        if least < 0.0 or most > 1.0:
            return Check("labels", "fault", f"targets from {least:g} to {most:g}", "code the two classes as 0 and 1")
        return Check("labels", "ok", f"from {least:g} to {most:g}")
    if name in OF_VALUES and not targets.is_floating_point():
        found = f"whole numbers from {least:g} to {most:g} with a loss of values"
        remedy = "if they are classes, take CrossEntropyLoss; else make them float"
        return Check("labels", "warning", found, remedy)
    if name not in ("cross_entropy", "nll") or targets.is_floating_point():
        return None
    if least == most:
        found = f"every row here is of class {least:g}"
        return Check("labels", "warning", found, "look at more rows; of one class nothing can be learnt")
    if least >= 1.0 and len(targets) > 8 * most:
        return Check("labels", "warning", f"class numbers begin at {least:g}", "count classes from 0")
    return Check("labels", "ok", f"classes {least:g} to {most:g}")


@torch.no_grad()
def check_shapes(subject: Subject) -> Check | None:
    """Whether answers and targets of other shapes are spread over each other."""
    model, _ = twin(subject)
    output, targets = answers(model.eval(), subject.inputs), subject.targets
    if not isinstance(output, Tensor) or not isinstance(targets, Tensor):
        return None
    shapes = f"{tuple(output.shape)} against {tuple(targets.shape)}"
    elementwise = subject.loss_name in (*OF_VALUES, "bce", "bce_with_logits")
    if elementwise and output.shape != targets.shape:
        found = f"answers {shapes}: every answer is compared with every target"
        return Check("shapes", "fault", found, "give both one shape: answers.squeeze(1), or targets.unsqueeze(1)")
    return Check("shapes", "ok", f"answers {shapes}")
