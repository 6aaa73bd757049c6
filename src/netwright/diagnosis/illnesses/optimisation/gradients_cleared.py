"""Gradients cleared too late: between backward and step, so that the step has none."""

from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.pictures import loss_picture

SHARE = 0.8  # of the steps


def examine(case: Case) -> Sign | None:
    how = case.optimizing
    if how.steps < 2 or how.cleared_before_step < SHARE * how.steps:
        return None
    evidence = f"in {how.cleared_before_step} of {how.steps} steps the gradients were cleared between backward and step"
    numbers = {"cleared": float(how.cleared_before_step), "steps": float(how.steps)}
    return Sign(1.0, evidence, numbers, loss_picture(case), how.step_where)


GRADIENTS_CLEARED = Illness(
    code="optimisation.gradients-cleared",
    name="Gradients cleared before the step",
    severity="error",
    what="zero_grad() stands between backward() and step(): what backward found is gone before it is used.",
    why="The optimizer steps along nothing, and no weight moves.",
    seen="in at least 80% of the steps all gradients were set to zero after backward and before step (PyTorch's "
    "tutorial Optimizing model parameters, 2024: zero_grad, backward, step)",
    example="loss.backward(); optimizer.zero_grad(); optimizer.step()",
    remedies=(Change("zero_grad", True, "call optimizer.zero_grad() before backward(), not after it"),),
    examine=examine,
    explains=(
        *("optimisation.plateau", "optimisation.rate-too-low", "mechanics.without-gradient"),
        *("generalisation.underfitting", "signal.vanishing-gradient", "signal.constant-output"),
    ),
)
