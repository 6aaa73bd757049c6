"""What stands before the first step: the inputs' scale, the order of the rows, and the first loss."""

import math

import torch
from torch import Tensor

from netwright.core.values import Check
from netwright.diagnosis.preflight.subject import OF_VALUES, Subject, answers, twin

LARGE = 100.0  # |value| of an input above which it counts as unscaled
UNEVEN = 1000.0  # times the deviation of one feature over that of another
WORSE = 3.0  # times the loss of one answer for every row, above which a start is bad
BETTER = 0.2  # times that loss, below which an untrained network knows too much
SORTED = 2.0  # times the share of equal neighbours that chance gives
FEW = 16  # rows below which nothing is said of shares


def check_inputs(subject: Subject) -> Check | None:
    """Whether what the network reads is finite and of one size."""
    tensors = subject.inputs.values() if isinstance(subject.inputs, dict) else subject.inputs
    numbers = [tensor for tensor in tensors if tensor.is_floating_point() and tensor.numel()]
    if not numbers:
        return None
    wrong = sum(int((~torch.isfinite(tensor)).sum()) for tensor in numbers)
    if wrong and not _ends_of_series(subject):
        return Check("inputs", "fault", f"{wrong:,} values are not finite", "fill or drop them before training")
    largest = max(float(tensor.nan_to_num(0.0).abs().max()) for tensor in numbers)
    uneven = max(map(_unevenness, numbers))
    if largest > LARGE:
        found = f"values of up to {largest:.4g} in size"
        return Check("inputs", "warning", found, "bring each feature to mean 0 and deviation 1")
    if uneven > UNEVEN:
        found = f"one feature spreads {uneven:.3g} times as wide as another"
        return Check("inputs", "warning", found, "bring each feature to mean 0 and deviation 1")
    return Check("inputs", "ok", f"finite, at most {largest:.3g} in size")


def _ends_of_series(subject: Subject) -> bool:
    """Whether NaN stands for what comes after the end of a series, which Netwright's own networks know of."""
    from netwright.networks.layers.series import SeriesLayer

    return any(isinstance(layer, SeriesLayer) for layer in subject.model.modules())


def _unevenness(tensor: Tensor) -> float:
    if tensor.ndim != 2 or len(tensor) < 2:
        return 1.0
    spread = tensor.double().std(dim=0)
    spread = spread[torch.isfinite(spread) & (spread > 0.0)]
    return float(spread.max() / spread.min()) if len(spread) > 1 else 1.0


def check_order(subject: Subject) -> Check | None:
    """Whether the rows of a step come sorted by their class."""
    if subject.shuffled:
        return Check("order of rows", "ok", "a new order each epoch")
    labels = labels_of(subject)
    if labels is None or len(labels) < FEW:
        return None
    shares = torch.bincount(labels).double() / len(labels)
    chance, same = float((shares**2).sum()), float((labels[1:] == labels[:-1]).double().mean())
    if int((shares > 0).sum()) == 1:
        return Check("order of rows", "warning", "all rows here are of one class", "shuffle the rows: shuffle=True")
    if same > min(0.95, SORTED * chance) and same - chance > 0.3:
        found = f"{same:.0%} of neighbouring rows are of one class, {chance:.0%} would be by chance"
        return Check("order of rows", "warning", found, "shuffle the rows: shuffle=True")
    return Check("order of rows", "ok", "classes are mixed")


def labels_of(subject: Subject) -> Tensor | None:
    """Return the class number of each row, or None where targets are no classes."""
    targets = subject.targets
    if not isinstance(targets, Tensor) or subject.loss_name in OF_VALUES:
        return None
    if subject.loss_name in ("cross_entropy", "nll") and targets.ndim == 2 and targets.is_floating_point():
        return targets.argmax(dim=1)
    flat = targets.flatten() if targets.numel() == len(targets) else None
    if flat is None or not bool((flat == flat.round()).all()) or float(flat.min()) < 0.0:
        return None
    return flat.long().cpu()


@torch.no_grad()
def check_first_loss(subject: Subject) -> Check | None:
    """Whether an untrained network starts about as badly as one answer for every row."""
    model, _ = twin(subject)
    output = answers(model.eval(), subject.inputs)
    loss = float(subject.loss(output, subject.targets))
    if not math.isfinite(loss):
        remedy = "look for log(0), division by 0, and inputs that are not finite"
        return Check("initial loss", "fault", f"the first loss is {loss}", remedy)
    expected = _expected(subject, output)
    if expected is None:
        return Check("initial loss", "ok", f"{loss:.4g}; of this loss no start is known")
    value, words = expected
    found = f"{loss:.4g}; {words}: {value:.4g}"
    if value > 0.0 and loss > WORSE * value:
        scale = float(output.double().std()) if isinstance(output, Tensor) and output.numel() > 1 else math.nan
        found += f"; outputs spread by {scale:.3g}"
        remedy = "start with smaller weights in the last layer, or scale the inputs"
        if subject.loss_name in OF_VALUES:
            remedy = "scale the targets to mean 0 and deviation 1, or start the last bias at their mean"
        return Check("initial loss", "warning", found, remedy)
    if loss < BETTER * value and len(subject.targets) >= FEW:
        remedy = "unless it is trained already, look for the target in the inputs"
        return Check("initial loss", "warning", found, remedy)
    return Check("initial loss", "ok", found)


def _expected(subject: Subject, output: object) -> tuple[float, str] | None:
    """Return the loss of answers that know nothing, and how it comes about."""
    targets = subject.targets
    if not isinstance(output, Tensor) or not isinstance(targets, Tensor):
        return None
    if subject.loss_name in ("cross_entropy", "nll") and output.ndim >= 2 and output.shape[1] > 1:
        return math.log(output.shape[1]), f"ln {output.shape[1]} is that of equal shares"
    if subject.loss_name in ("bce", "bce_with_logits"):
        return math.log(2.0), "ln 2 is that of equal shares"
    if subject.loss_name == "mse" and targets.numel() > 1:
        return max(float(targets.double().pow(2).mean()), 1e-12), "always 0 gives the mean of the squared targets"
    return None
