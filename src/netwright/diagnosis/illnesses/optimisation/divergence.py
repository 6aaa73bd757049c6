"""Divergence: the loss fell, or could have, and then climbed away."""

from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.outcome import final_loss, first_loss, overflowed
from netwright.diagnosis.pictures import loss_picture
from netwright.diagnosis.trends import levels

TIMES = 2.0  # its least level


def examine(case: Case) -> Sign | None:
    final, found = final_loss(case), levels(case)
    reference = case.objective.constant_loss or first_loss(case)
    if case.steps and overflowed(case):
        said = f"the loss is not finite after {case.steps[-1].step} steps"
        return Sign(1.0, said, {"steps": float(case.steps[-1].step)}, loss_picture(case))
    if final is None or not found or reference is None or reference <= 0.0 or min(found) <= 0.0:
        return None
    if final < TIMES * min(found) or final < 1.05 * reference:
        return None
    evidence = f"the loss ended at {final:.3g}, {final / min(found):.3g} times its lowest level of {min(found):.3g}"
    numbers = {"final": final, "lowest": min(found)}
    return Sign(min(1.0, final / min(found) / 10.0), evidence, numbers, loss_picture(case))


DIVERGENCE = Illness(
    code="optimisation.divergence",
    name="Diverging loss",
    severity="error",
    what="The loss grows instead of falling, until it is above what one answer for every row would reach.",
    why="The network gets worse by training.",
    seen="the mean loss of the last tenth above twice the least mean of a fifth, and above one answer's loss; or no "
    "number any more (TheDeepChecker, Ben Braiek and Khomh 2022: twice the minimum)",
    example="a rate above 2 / curvature",
    remedies=(
        Change("learning_rate", 0.1, "divide the learning rate by 10"),
        Change("clip_norm", 1.0, "clip the gradient's norm at 1"),
        Change("scale_inputs", True, "bring each feature to mean 0 and deviation 1"),
    ),
    examine=examine,
    explains=("generalisation.underfitting",),
)
