"""Number of outputs: fewer than there are classes to name."""

from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.pictures import bars

FEWEST = 3  # classes


def examine(case: Case) -> Sign | None:
    answer = case.objective
    classes = sum(share > 0.0 for share in answer.shares)
    if answer.task != "classes" or classes < FEWEST or not answer.output_shape or answer.one_hot:
        return None
    flat = answer.output_shape == answer.target_shape and len(answer.output_shape) == 1
    outputs = 1 if flat else answer.output_shape[1 if len(answer.output_shape) > 2 else -1]
    if outputs >= classes or len(answer.output_shape) > 2:
        return None
    evidence = f"{outputs} {'output' if outputs == 1 else 'outputs'} for {classes} classes"
    numbers = {"outputs": float(outputs), "classes": float(classes)}
    return Sign(
        1.0, evidence, numbers, bars("Outputs and classes", "count", numbers), answer.head_where or answer.where
    )


OUTPUT_DIMENSION = Illness(
    code="architecture.output-dimension",
    name="Fewer outputs than classes",
    severity="error",
    what="The last layer has fewer units than there are classes.",
    why="A class without a unit of its own can be answered only by a number between others, as if classes were "
    "amounts.",
    seen="fewer outputs than distinct classes among the targets, of at least three (UMLAUT, Schoop, Huang and "
    "Hartmann, 2021)",
    example="nn.Linear(64, 1) with a sigmoid, and labels 0 to 9",
    remedies=(
        Change("outputs", "auto", "take as many outputs as there are classes, with cross-entropy"),
        Change("pairing", "auto", "take the head and the loss that suit the targets"),
    ),
    examine=examine,
    explains=(
        *("optimisation.plateau", "generalisation.underfitting", "objective.loss-for-task"),
        *("objective.targets-out-of-range", "architecture.wrong-output-activation", "signal.constant-output"),
    ),
)
