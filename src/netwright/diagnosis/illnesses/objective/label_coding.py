"""Coding of labels: what the numbers of the classes mean to the loss is not what they are."""

import math

from netwright.diagnosis.case import Case, Objective
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.outcome import helps, learnt, refuted
from netwright.diagnosis.pictures import bars

MOST = 20  # whole numbers that may well be classes
FEWEST = 3
EVEN = 0.08  # how far mean and deviation may be from those of whole numbers that are equally frequent
WELL = 0.9  # share of one answer's loss, gone: then they may as well be amounts
AMOUNTS = ("mse", "mae", "huber", "logcosh", "mape", "msle", "poisson")


def examine(case: Case) -> Sign | None:
    return _one_hot_as_index(case) or _zeros_under_hinge(case) or _numbers_as_amounts(case)


def _zeros_under_hinge(case: Case) -> Sign | None:
    """Targets of 0 and 1 where a hinge takes -1 and 1: a target of 0 asks nothing of its row."""
    answer = case.objective
    if answer.loss != "unsigned_hinge" or answer.target_low != 0.0 or answer.target_high != 1.0:
        return None
    evidence = "the hinge takes targets of -1 and 1 and gets 0 and 1: of a row whose target is 0 it asks nothing"
    span = {"lowest target": 0.0, "highest": 1.0}
    return Sign(1.0, evidence, span, bars("Targets", "value", span), answer.where)


def _one_hot_as_index(case: Case) -> Sign | None:
    """One-hot rows that a loss of indices reads as many small targets."""
    answer = case.objective
    if answer.loss not in ("cross_entropy", "nll") or not answer.one_hot or len(answer.output_shape) < 2:
        return None
    if answer.target_shape == answer.output_shape or len(answer.target_shape) < len(answer.output_shape):
        return None
    evidence = f"one-hot targets of shape {answer.target_shape} beside outputs of shape {answer.output_shape}"
    numbers = {"outputs": float(answer.output_shape[-1]), "target": float(answer.target_shape[-1])}
    return Sign(1.0, evidence, numbers, bars("Size of the last axis", "size", numbers), answer.where)


def _numbers_as_amounts(case: Case) -> Sign | None:
    """A few whole numbers learnt as amounts, of which the fitting pair of head and loss learns more."""
    answer = case.objective
    classes = _even(answer)
    if not classes or answer.loss not in AMOUNTS or refuted(case, "pairing") or (learnt(case) or 0.0) > WELL:
        return None
    proven = helps(case, "pairing")
    evidence = (
        f"the targets are the whole numbers from {answer.target_low:g} to {answer.target_high:g}, equally frequent"
    )
    evidence += f", and {answer.loss} measures them as amounts"
    evidence += "; as classes they are learnt better" if proven else ""
    span = {"lowest": answer.target_low or 0.0, "mean": answer.target_mean or 0.0, "highest": answer.target_high or 0.0}
    return Sign(
        0.9 if proven else 0.7, evidence, {"classes": float(classes)}, bars("Targets", "value", span), answer.where
    )


def _even(answer: Objective) -> int:
    """Return how many whole numbers from 0 or 1 on the targets are, if they are about equally frequent; else 0."""
    low, high, mean, deviation = answer.target_low, answer.target_high, answer.target_mean, answer.target_deviation
    one = not answer.output_shape or len(answer.output_shape) == 1 or answer.output_shape[-1] == 1
    if answer.task != "values" or not answer.target_whole or not one or low not in (0.0, 1.0) or high is None:
        return 0
    count = round(high - low) + 1
    if not FEWEST <= count <= MOST or mean is None or deviation is None:
        return 0
    usual = math.sqrt((count**2 - 1) / 12)
    near = abs(mean - (low + high) / 2) < EVEN * count and abs(deviation - usual) < EVEN * usual
    return count if near else 0


LABEL_CODING = Illness(
    code="objective.label-coding",
    name="Labels coded for another loss",
    severity="error",
    what="One-hot rows where indices are read, indices where amounts are, or 0 and 1 where a hinge takes -1 and 1.",
    why="The loss compares with something that was never meant: class 9 counts as three times class 3.",
    seen="one-hot targets whose shape is not the outputs' under a loss of indices; or 3 to 20 whole numbers from 0 "
    "or 1 on, equally frequent (mean and deviation within 8% of such), under a loss of amounts that leaves over 10% of "
    "one answer's; or 0 and 1 under a hinge loss "
    "(Humbatova et al., Taxonomy of real faults in deep learning systems, 2020: wrong labels and format)",
    example="labels 0 to 9 as floats under nn.MSELoss()",
    remedies=(
        Change("pairing", "auto", "take the head and the loss that suit the targets"),
        Change("outputs", "auto", "take as many outputs as there are classes"),
    ),
    examine=examine,
    explains=(
        *("optimisation.plateau", "generalisation.underfitting", "signal.constant-output"),
        *("objective.loss-for-task", "architecture.wrong-output-activation", "optimisation.too-few-steps"),
    ),
)
