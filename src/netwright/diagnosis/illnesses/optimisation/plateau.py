"""Plateau: the loss lies where one answer for every row would put it, and does not move."""

from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.outcome import barely_learnt, best_trial, final_loss
from netwright.diagnosis.pictures import loss_picture
from netwright.diagnosis.trends import levels

FLAT = 0.02  # of the loss, over the last three fifths


def examine(case: Case) -> Sign | None:
    found, final, constant = levels(case), final_loss(case), case.objective.constant_loss
    if final is None or not found or not barely_learnt(case) or case.objective.target_deviation == 0.0:
        return None
    moved = (max(found[2:]) - min(found[2:])) / max(abs(final), 1e-12)
    best = best_trial(case)
    if moved > FLAT or (best is not None and (best.score or 0.0) < FLAT):
        return None
    against = "" if constant is None else f"; one answer for every row reaches {constant:.4g}"
    evidence = f"the loss stays at {final:.4g}, within {moved:.1%} over the last three fifths of the steps{against}"
    return Sign(1.0 - moved / FLAT, evidence, {"final": final, "moved": moved}, loss_picture(case))


PLATEAU = Illness(
    code="optimisation.plateau",
    name="The loss does not fall",
    severity="warning",
    what="From the start or soon after, the loss stays where one answer for every row would put it.",
    why="Nothing is learnt of the rows. It is a symptom, and seldom the cause.",
    seen="the means of the last three fifths of the steps within 2% of each other, at above 0.95 of one answer's loss "
    "(SageMaker Debugger's LossNotDecreasing; TheDeepChecker, Ben Braiek and Khomh 2022: 5% in 5 checks)",
    example="a softmax over one unit: its answer is 1, and its gradient 0",
    remedies=(
        Change("pairing", "auto", "take the head and the loss that suit the targets"),
        Change("learning_rate", 10.0, "multiply the learning rate by 10"),
        Change("optimizer", "adam", "take Adam"),
        Change("scale_inputs", True, "bring each feature to mean 0 and deviation 1"),
        Change("activation", "relu", "take ReLU in the hidden layers"),
    ),
    examine=examine,
    explains=("generalisation.underfitting",),
)
