"""Gradients never cleared: each step also takes the gradients of all steps before it."""

from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.pictures import loss_picture

SHARE = 0.8  # of the steps


def examine(case: Case) -> Sign | None:
    how = case.optimizing
    if how.steps < 3 or how.kept_gradients < SHARE * (how.steps - 1):
        return None
    evidence = f"{how.kept_gradients} of {how.steps} steps began with the gradients of the step before still there"
    numbers = {"kept": float(how.kept_gradients), "steps": float(how.steps)}
    return Sign(1.0, evidence, numbers, loss_picture(case), how.step_where)


NO_ZERO_GRAD = Illness(
    code="optimisation.no-zero-grad",
    name="Gradients are never cleared",
    severity="error",
    what="backward() adds to what is there. Without zero_grad() a step follows the sum of all gradients so far.",
    why="The sum grows without end and points where the network was, not where it is: steps get longer and go astray.",
    seen="in at least 80% of the steps, backward began with the gradients that the last step had used (PyTorch's "
    "documentation of torch.optim.Optimizer.zero_grad, 2024; TrainCheck, Jiang et al. 2025)",
    example="a loop of loss.backward(); optimizer.step()",
    remedies=(Change("zero_grad", True, "call optimizer.zero_grad() before each backward()"),),
    examine=examine,
    explains=(
        *("optimisation.rate-too-high", "optimisation.oscillation", "optimisation.divergence", "optimisation.plateau"),
        *("signal.exploding-gradient", "signal.dead-units", "mechanics.not-finite-source"),
        *("generalisation.underfitting", "signal.saturated-units", "optimisation.clipping-always"),
    ),
)
