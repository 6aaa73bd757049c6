"""Without a gradient: parameters in use that the error never reaches."""

from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.outcome import troubled
from netwright.diagnosis.pictures import bars
from netwright.diagnosis.structure import inside


def examine(case: Case) -> Sign | None:
    silent = case.network.without_gradient
    used = {op.layer for op in inside(case) if op.layer}
    cut = [name for name in silent if name.rpartition(".")[0] in used]
    if not silent or not (cut or troubled(case) or len(silent) == case.network.tensors):
        return None
    shown, every = cut or list(silent), len(silent) == case.network.tensors
    how = "although they are used in it" if cut else "and are not seen to be used"
    how = "as the loss does not depend on the network" if every else how
    evidence = f"{len(shown)} of {case.network.tensors} tensors never get a gradient, {how}: {', '.join(shown[:3])}"
    numbers = {"without": float(len(shown)), "tensors": float(case.network.tensors)}
    sketch = bars("Parameters", "tensors", numbers)
    return Sign(
        0.95 if cut or every else 0.6, evidence, numbers, sketch, shown[0], hurts=bool(cut) or every or troubled(case)
    )


WITHOUT_GRADIENT = Illness(
    code="mechanics.without-gradient",
    name="Parameters that the error never reaches",
    severity="error",
    what="Parameters are meant to learn, and no backward pass gives them a gradient.",
    why="Somewhere between them and the loss the way back is cut, and they stay as they started.",
    seen="parameters that require a gradient and never had one, in layers that the forward pass uses, or all of them; "
    "or unused ones where little was learnt (PyTorch's documentation of autograd, 2024; TrainCheck, Jiang et al. 2025)",
    example="a .detach(), .data, .numpy() or argmax in the middle of forward",
    remedies=(Change("remove", "detach", "take out what cuts the way back: detach, data, item, numpy, argmax"),),
    examine=examine,
    explains=(
        *("optimisation.plateau", "generalisation.underfitting", "signal.constant-output"),
        *("signal.vanishing-gradient", "optimisation.rate-too-low", "optimisation.too-few-steps"),
    ),
)
