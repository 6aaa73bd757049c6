"""Evaluated in training mode: answers are measured with units silenced, and by a batch's own statistics."""

from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.pictures import bars


def examine(case: Case) -> Sign | None:
    times = case.optimizing.training_in_evaluation
    if not times:
        return None
    sketch = bars("Evaluations in training mode", "times", {"evaluations": float(times)})
    return Sign(0.9, f"{times} evaluations ran in training mode", {"times": float(times)}, sketch)


TRAINING_MODE_IN_EVALUATION = Illness(
    code="mechanics.training-mode-in-evaluation",
    name="Evaluated in training mode",
    severity="warning",
    what="The network is measured while dropout and batch norm act as in training.",
    why="Random units are missing, answers depend on the other rows of the batch, and batch norm even learns from the "
    "rows that it is tried on.",
    seen="passes without gradients, with dropout or batch norm in training mode (PyTorch's documentation of "
    "Module.eval, 2024; Karpathy, A recipe for training neural networks, 2019)",
    example="validation under torch.no_grad() and without model.eval()",
    remedies=(Change("train_mode", True, "call model.eval() before an evaluation and model.train() after it"),),
    examine=examine,
    explains=("data.row-dependence", "mechanics.nondeterminism"),
)
