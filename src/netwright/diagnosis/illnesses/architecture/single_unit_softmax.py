"""Softmax over one unit: its answer is 1 for every row."""

from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.pictures import loss_picture


def examine(case: Case) -> Sign | None:
    answer = case.objective
    if answer.head not in ("softmax", "log_softmax") or not answer.output_shape:
        return None
    rows = len(answer.output_shape) == 1 and answer.output_shape[0] > 1
    if answer.output_shape[-1] != 1 and not rows:
        return None
    evidence = f"outputs of shape {answer.output_shape} go through {answer.head}: "
    evidence += "it is taken over the rows of the batch" if rows else "of one number it makes 1, whatever the number"
    numbers = {"units": float(answer.output_shape[-1])}
    return Sign(1.0, evidence, numbers, loss_picture(case), answer.head_where or answer.where)


SINGLE_UNIT_SOFTMAX = Illness(
    code="architecture.single-unit-softmax",
    name="Softmax over a single unit",
    severity="error",
    what="Softmax divides by the sum over the units; over one unit e^z / e^z = 1.",
    why="The output is the constant 1 and its gradient is 0: no weight ever moves.",
    seen="a softmax as the last function of outputs with one unit, or over the rows of a batch (NeuraLint, Nikanjam et "
    "al. 2022; Stack Overflow question 31880720, 2015)",
    example="nn.Linear(50, 1) and softmax, for a yes or no",
    remedies=(
        Change("pairing", "auto", "take a sigmoid, or BCEWithLogitsLoss on the plain output"),
        Change("head", "sigmoid", "take a sigmoid"),
        Change("outputs", "auto", "take one unit for each class"),
    ),
    examine=examine,
    explains=(
        *("optimisation.plateau", "signal.constant-output", "generalisation.underfitting"),
        *("signal.vanishing-gradient", "architecture.wrong-output-activation", "optimisation.rate-too-low"),
        *("objective.loss-for-task", "optimisation.too-few-steps", "mechanics.without-gradient"),
    ),
)
