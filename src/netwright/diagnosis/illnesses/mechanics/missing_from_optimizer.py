"""Missing from the optimizer: parameters that get gradients and are never moved."""

from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.illnesses.mechanics.frozen_layers import fresh
from netwright.diagnosis.outcome import troubled
from netwright.diagnosis.pictures import bars


def examine(case: Case) -> Sign | None:
    return _unregistered(case) or _missing(case)


def _unregistered(case: Case) -> Sign | None:
    strange = case.network.unregistered
    if not strange or not troubled(case):
        return None
    evidence = (
        f"{strange} weights that a step uses are neither among the network's parameters nor in an optimizer: "
        "layers in a plain list or dictionary are not seen by PyTorch"
    )
    sketch = bars("Weights in use", "tensors", {"known": float(case.network.tensors), "unknown": float(strange)})
    change = Change("data", True, "keep the layers in nn.ModuleList or nn.ModuleDict, and make the optimizer after it")
    return Sign(0.95, evidence, {"unregistered": float(strange)}, sketch, changes=(change,))


def _missing(case: Case) -> Sign | None:
    missing, tensors = case.network.missing, case.network.tensors
    new = fresh(case, missing)
    if not missing or (not new and not troubled(case)):
        return None
    evidence = f"{len(missing)} of {tensors} tensors get gradients and are in no optimizer: {', '.join(missing[:3])}"
    sketch = bars(
        "Parameters", "tensors", {"in no optimizer": float(len(missing)), "in one": float(tensors - len(missing))}
    )
    return Sign(0.95, evidence, {"missing": float(len(missing)), "tensors": float(tensors)}, sketch, missing[0])


MISSING_FROM_OPTIMIZER = Illness(
    code="mechanics.missing-from-optimizer",
    name="Parameters that no optimizer holds",
    severity="error",
    what="Some of the network's parameters get gradients, and no optimizer was given them.",
    why="They keep their random start, and the rest has to learn around them.",
    seen="parameters that require a gradient and are in no optimizer, whose weights have the deviation of a usual "
    "start, or where little was learnt; or weights in use that the network does not know; leaving out a pre-trained "
    "part is common and sound (TrainCheck, Jiang et al. 2025)",
    example="layers in a plain Python list, or a head that was added after the optimizer was made",
    remedies=(Change("all_parameters", True, "make the optimizer from all parameters of the final model"),),
    examine=examine,
    explains=(
        *("optimisation.plateau", "generalisation.underfitting", "optimisation.rate-too-low"),
        *("optimisation.too-few-steps", "signal.constant-output", "architecture.capacity-too-small"),
    ),
)
