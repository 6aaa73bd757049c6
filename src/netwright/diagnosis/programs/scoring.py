"""How good answers are, in a unit that no loss changes: accuracy, micro F1 of labels, 1 - squared error / variance."""

import torch
from torch import Tensor, nn

from netwright.diagnosis.programs.coding import class_numbers, is_one_hot
from netwright.diagnosis.programs.objectives import TAKES_LOGITS, classes_last, shaped_like
from netwright.diagnosis.programs.program import Program, Sample

MOST_ROWS = 2000
LEAST = -1.0  # of a score of values, so that one wild answer does not drown the rest


def measure(program: Program, network: nn.Module, sample: Sample) -> tuple[float | None, float | None]:
    """Return the score and the loss on rows, the first 2,000 of them; None where they are not finite."""
    few = sample.at(torch.arange(min(sample.rows, MOST_ROWS)))
    with torch.no_grad():
        output = network(*few.inputs).detach()
        loss = float(program.loss(output, few.targets))
    return score(program, output, few.targets), loss


def score(program: Program, output: Tensor, targets: Tensor) -> float | None:
    """Return the score of outputs; None where they are not finite."""
    if not bool(torch.isfinite(output).all()):
        return None
    output = output.float()
    if program.task == "values":
        return explained(output, targets)
    if program.task == "labels":
        return micro_f1(output > between(program), shaped_like(targets, output) > 0.5)
    if output.shape[-1] == 1 or (output.numel() == targets.numel() and not is_one_hot(targets)):
        return one_output(program, output, targets)
    logits, numbers = classes_last(output, targets)
    return float((logits.argmax(-1) == numbers).float().mean())


def one_output(program: Program, output: Tensor, targets: Tensor) -> float:
    """Return the accuracy of one output a row: beside the threshold of two classes, else the nearest class number."""
    truth = class_numbers(targets).reshape(-1)
    answers = output.reshape(-1)[: len(truth)]
    if program.task == "binary":
        return float(((answers > between(program)) == (truth > middle(program.rows.targets))).float().mean())
    return float((answers.round().long() == truth).float().mean())


def between(program: Program) -> float:
    """Return the answer above which it is class 1."""
    if program.threshold is not None:
        return program.threshold
    if program.loss_name in TAKES_LOGITS:
        return 0.0
    return 0.5 if program.task == "labels" else middle(program.rows.targets)


def middle(targets: Tensor) -> float:
    if is_one_hot(targets):
        return 0.5
    return (float(targets.min()) + float(targets.max())) / 2.0


def explained(output: Tensor, targets: Tensor) -> float:
    """Return 1 - squared error / variance, the mean over columns of equal weight; at least -1."""
    if output.numel() != targets.numel():
        return LEAST
    truth = targets.double().reshape(len(targets), -1)
    answers = output.double().reshape(truth.shape)
    spread = (truth - truth.mean(0)).square().sum(0)
    error = (truth - answers).square().sum(0)
    known = spread > 0
    if not bool(known.any()):
        return LEAST
    return max(LEAST, float((1.0 - error[known] / spread[known]).mean()))


def micro_f1(answers: Tensor, truth: Tensor) -> float:
    right = float((answers & truth).sum())
    wrong = float((answers ^ truth).sum())
    return 2.0 * right / max(2.0 * right + wrong, 1.0)
