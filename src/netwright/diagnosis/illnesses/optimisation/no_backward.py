"""No backward pass: the loss is computed and nothing is asked of it."""

from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.pictures import bars


def examine(case: Case) -> Sign | None:
    if not case.optimizing.no_backward:
        return None
    sketch = bars("What the loop did", "times", {"optimizer.step()": float(case.optimizing.steps), "backward()": 0.0})
    evidence = f"{case.optimizing.steps} steps, and no backward pass reached the network's weights"
    return Sign(1.0, evidence, {"steps": float(case.optimizing.steps)}, sketch, case.optimizing.step_where)


NO_BACKWARD = Illness(
    code="optimisation.no-backward",
    name="No backward pass",
    severity="error",
    what="The loop computes a loss and never calls backward() on it.",
    why="Without it no weight has a gradient, and step() does nothing.",
    seen="forward passes in training mode, and no backward pass (PyTorch's tutorial Optimizing model parameters, 2024: "
    "zero_grad, backward, step)",
    example="loss.item() is added up, and loss.backward() was lost when the loop was rewritten",
    remedies=(Change("step", True, "call zero_grad(), loss.backward() and optimizer.step() for each batch"),),
    examine=examine,
    explains=(
        *("optimisation.plateau", "generalisation.underfitting", "signal.constant-output"),
        *("mechanics.without-gradient", "optimisation.no-step"),
    ),
)
