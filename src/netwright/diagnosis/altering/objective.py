"""Changes of what the network answers, what it should answer, and how the difference is measured."""

from functools import partial

import torch
from torch import Tensor, nn
from torch.nn import functional

from netwright.diagnosis.altering.data import scale_targets
from netwright.diagnosis.altering.heads import with_head
from netwright.diagnosis.altering.networks import DoesNotApplyError, examples, operated
from netwright.diagnosis.altering.sizes import with_outputs
from netwright.diagnosis.programs.coding import class_numbers, counted, is_one_hot, number_of_classes
from netwright.diagnosis.programs.objectives import LOSSES, WEIGHTED, balanced_weights
from netwright.diagnosis.programs.program import Loss, Program, Sample


def head(program: Program, name: str) -> Program | None:
    changed = operated(program, lambda network, inputs: with_head(network, inputs, name))
    # an answer of a logit lies around 0, one of a probability around 1/2
    return changed.but(threshold=0.5) if name == "sigmoid" and program.task in ("binary", "labels") else changed


def loss(program: Program, name: str) -> Program | None:
    if name == program.loss_name:
        return None
    return program.but(loss=LOSSES[name], loss_name=name, threshold=None)


def pairing(program: Program, _auto: str) -> Program | None:
    """Return the program with as many outputs as its targets need, no head, and the loss that takes those.

    Classes are numbered from 0 and their logits go to cross-entropy; one logit of two classes, and one a label, to the
    binary one; values are scaled and go to the squared error.
    """
    paired = paired_for_task(program)
    return None if paired is None or is_the_same(program, paired) else paired


def paired_for_task(program: Program) -> Program | None:
    if program.task == "values":
        return scaled_values(program)
    if program.task == "labels":
        return without_head(program, "bce_with_logits", program.rows.targets.shape[-1])
    numbered = program.but(rows=renumbered(program, program.rows), validation=renumbered_validation(program))
    if program.task == "binary" and answers(program) == 1:
        return without_head(numbered, "bce_with_logits", 1)
    return without_head(numbered, "cross_entropy", number_of_classes(program.rows.targets))


def is_the_same(program: Program, other: Program) -> bool:
    """Whether both answer the same and are told the same, before the first step."""
    try:
        mine, theirs = first_answers(program), first_answers(other)
    except (DoesNotApplyError, IndexError, RuntimeError, ValueError):  # of targets that the old loss cannot take
        return False
    return mine[0].equal(theirs[0]) and mine[1].equal(theirs[1])


def first_answers(program: Program) -> tuple[Tensor, Tensor]:
    """Return a fresh network's answers for the first rows, and their loss."""
    few = program.rows.at(torch.arange(min(program.batch_size, program.rows.rows)))
    with torch.random.fork_rng([]), torch.no_grad():
        torch.default_generator.manual_seed(0)
        output = program.build(0).eval()(*few.inputs)
        return output, program.loss(output, few.targets)


def scaled_values(program: Program) -> Program | None:
    width = program.rows.targets[0].numel() if program.rows.targets.dim() > 1 else 1
    scaled = scale_targets(program, True) or program
    return without_head(scaled, "mse", width)


def without_head(program: Program, loss_name: str, outputs: int) -> Program | None:
    """Return the program with that many outputs, no head and this loss."""
    return operated(program, partial(bare, outputs=outputs)).but(
        loss=LOSSES[loss_name], loss_name=loss_name, threshold=None
    )


def bare(network: nn.Module, inputs: tuple[Tensor, ...], outputs: int) -> nn.Module | None:
    sized = network if answered(network, inputs) == outputs else with_outputs(network, inputs, outputs)
    return None if sized is None else with_head(sized, inputs, "identity")


def answered(network: nn.Module, inputs: tuple[Tensor, ...]) -> int:
    """Return how many numbers a network answers for a row, or for a position of a sequence."""
    training = network.training
    network.eval()
    with torch.no_grad(), torch.random.fork_rng([]):
        output: Tensor = network(*inputs)
    network.train(training)
    return output.shape[-1] if output.dim() > 1 else 1


def answers(program: Program) -> int:
    with torch.random.fork_rng([]):
        torch.default_generator.manual_seed(0)
        return answered(program.build(0), examples(program))


def renumbered(program: Program, sample: Sample) -> Sample:
    return Sample(sample.inputs, counted(sample.targets, program.rows.targets))


def renumbered_validation(program: Program) -> Sample | None:
    return None if program.validation is None else renumbered(program, program.validation)


def outputs(program: Program, _auto: str) -> Program | None:
    """Return the program with as many outputs as its targets need; all else as it was."""
    needed = {"values": 1, "binary": 1, "labels": program.rows.targets.shape[-1]}.get(program.task)
    if program.task == "classes":
        numbers = class_numbers(program.rows.targets)
        needed = max(number_of_classes(program.rows.targets), int(numbers.max()) + 1)
    elif program.task == "values" and program.rows.targets.dim() > 1:
        needed = program.rows.targets.shape[-1]
    if needed is None or answers(program) == needed:
        return None
    count = needed
    return operated(program, lambda network, inputs: with_outputs(network, inputs, count))


def class_weights(program: Program, _balanced: str) -> Program | None:
    """Return the program with rare classes counted more, so that each class has the same share of the loss."""
    weighted = WEIGHTED.get(program.loss_name)
    if weighted is None or program.task not in ("classes", "binary"):
        return None
    known = balanced_weights(program.loss_name, program.rows.targets)

    def balanced(output: Tensor, target: Tensor) -> Tensor:
        absent = output.shape[-1] - len(known) if known.dim() else 0  # the last classes may have no row
        return weighted(output, target, functional.pad(known, (0, absent), value=1.0) if absent > 0 else known)

    return program.but(loss=balanced)


def reduction(program: Program, _mean: str) -> Program | None:
    """Return the program with the mean over rows as its loss, whatever it summed before."""
    if program.loss_name in LOSSES:
        mean = program.but(loss=LOSSES[program.loss_name])
        return None if is_the_same(program, mean) else mean
    summed: Loss = program.loss
    return program.but(loss=lambda output, target: summed(output, target) / max(1, len(output)))


def target_shape(program: Program, wanted: bool) -> Program | None:
    """Return the program with targets in the shape of the outputs before the loss reads both."""
    own: Loss = program.loss
    if not wanted or is_one_hot(program.rows.targets):
        return None

    def shaped(output: Tensor, target: Tensor) -> Tensor:
        return own(output, target.reshape(output.shape) if target.numel() == output.numel() else target)

    return program.but(loss=shaped)


def penalty(program: Program, factor: float) -> Program | None:
    """Return the program with its penalty on the weights multiplied; without it where the factor is 0."""
    charged = program.penalty
    if charged is None:
        return None
    return program.but(penalty=(lambda network: factor * charged(network)) if factor else None)
