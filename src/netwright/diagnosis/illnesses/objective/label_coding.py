"""Coding of labels: what the numbers of the classes mean to the loss is not what they are."""

from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.outcome import helps, refuted, troubled
from netwright.diagnosis.pictures import bars

MOST = 12  # whole numbers that may well be classes
FEWEST = 3
AMOUNTS = ("mse", "mae", "huber", "logcosh", "mape", "msle", "poisson")


def examine(case: Case) -> Sign | None:
    return _one_hot_as_index(case) or _numbers_as_amounts(case)


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
    classes = sum(share > 0.0 for share in answer.shares)
    few = answer.task == "values" and answer.target_whole and FEWEST <= classes <= MOST
    if not few or answer.loss not in AMOUNTS or not troubled(case) or refuted(case, "pairing"):
        return None
    if not helps(case, "pairing"):
        return None
    evidence = (
        f"the targets are {classes} whole numbers, measured by {answer.loss} as amounts; as classes they are learnt"
    )
    sketch = bars("Targets", "share of rows", {str(number): share for number, share in enumerate(answer.shares)})
    return Sign(0.8, evidence, {"classes": float(classes)}, sketch, answer.where)


LABEL_CODING = Illness(
    code="objective.label-coding",
    name="Labels coded for another loss",
    severity="error",
    what="One-hot rows where indices are read, or indices where amounts are.",
    why="The loss compares with something that was never meant: class 9 counts as three times class 3.",
    seen="one-hot targets whose shape is not the outputs' under a loss of indices; or 3 to 12 whole numbers under a "
    "loss of amounts, of which head and loss for classes learn 0.05 more (Humbatova et al., Taxonomy of real faults "
    "in deep learning systems, 2020: wrong labels and format)",
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
