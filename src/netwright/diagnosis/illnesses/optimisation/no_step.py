"""No step: gradients are found and never used."""

from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.pictures import bars


def examine(case: Case) -> Sign | None:
    if not case.optimizing.no_step or case.optimizing.no_backward:
        return None
    sketch = bars("What the loop did", "times", {"optimizer.step()": float(case.optimizing.steps)})
    evidence = "backward passes ran, and optimizer.step() never did"
    return Sign(1.0, evidence, {"steps": float(case.optimizing.steps)}, sketch, case.optimizing.step_where)


NO_STEP = Illness(
    code="optimisation.no-step",
    name="The optimizer never steps",
    severity="error",
    what="The loop finds gradients and never calls step() of the optimizer that it was watched with.",
    why="No weight moves: the network stays as it started.",
    seen="at least one backward pass, and no step (PyTorch's tutorial Optimizing model parameters, 2024: zero_grad, "
    "backward, step)",
    example="step() stands in a branch that is never taken, or is called on another optimizer",
    remedies=(Change("step", True, "call zero_grad(), backward() and optimizer.step() for each batch"),),
    examine=examine,
    explains=("optimisation.plateau", "generalisation.underfitting", "signal.constant-output"),
)
