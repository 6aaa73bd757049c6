"""Constant output: one answer for every row, though the targets vary."""

from netwright.diagnosis.case import Case, Step
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.outcome import barely_learnt
from netwright.diagnosis.pictures import loss_picture

LAST = 5
LEAST = 0.01  # of the targets' deviation, or of a unit of logits


def examine(case: Case) -> Sign | None:
    steps = [step for step in case.steps if step.output_spread is not None][-LAST:]
    if len(steps) < 2 or not barely_learnt(case) or case.objective.target_deviation == 0.0:
        return None
    spread = max(_spread(step) for step in steps)
    unit = (case.objective.target_deviation or 1.0) if case.objective.task == "values" else 1.0
    if not spread < LEAST * unit:  # nor where it is no number
        return None
    evidence = f"over the last {len(steps)} watched steps an output differs by {spread:.2g} from row to row"
    against = f"; the targets do by {unit:.3g}" if case.objective.task == "values" else ""
    return Sign(1.0 - spread / (LEAST * unit), evidence + against, {"output spread": spread}, loss_picture(case))


def _spread(step: Step) -> float:
    return step.output_spread or 0.0


CONSTANT_OUTPUT = Illness(
    code="signal.constant-output",
    name="One answer for every row",
    severity="warning",
    what="The network answers the same whatever it is shown.",
    why="Such an answer could be written down without a network. It is a symptom: dead units, a wrong head, a step far "
    "too large or inputs out of scale bring it about.",
    seen="deviation of an output over rows below 0.01 of the targets' deviation (of 1 for logits and probabilities) in "
    "each of the last 5 watched steps, with a loss no better than one answer's (TheDeepChecker, Ben Braiek and "
    "Khomh 2022: variation of outputs above 0.001)",
    example="all ReLUs are dead, and only the last bias still learns",
    remedies=(
        Change("learning_rate", 0.1, "divide the learning rate by 10"),
        Change("scale_inputs", True, "bring each feature to mean 0 and deviation 1"),
        Change("initialization", "kaiming", "start from Kaiming's weights with biases of 0"),
    ),
    examine=examine,
    explains=("optimisation.plateau", "generalisation.underfitting"),
)
