"""Mismatched optimizer: it holds the parameters of another network."""

from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.pictures import bars

MOST = 0.5  # of the network's parameters that are in no optimizer


def examine(case: Case) -> Sign | None:
    network = case.network
    share = len(network.missing) / max(network.tensors, 1)
    if not network.foreign or share < MOST:
        return None
    evidence = (
        f"the optimizer holds {network.foreign} tensors that are not the network's; {len(network.missing)} of the "
        f"network's {network.tensors} are in no optimizer"
    )
    held = {"in the optimizer": float(network.tensors - len(network.missing)), "in none": float(len(network.missing))}
    sketch = bars("The network's parameters", "tensors", held)
    return Sign(1.0, evidence, {"foreign": float(network.foreign), **held}, sketch, case.optimizing.step_where)


OPTIMIZER_MISMATCH = Illness(
    code="optimisation.optimizer-mismatch",
    name="Optimizer of another network",
    severity="error",
    what="The optimizer was made from other parameters than those of the network that is trained.",
    why="Its steps change weights that nobody uses; the network stays as it started.",
    seen="tensors in the optimizer that the network does not have, while at least half of the network's are in none "
    "(TrainCheck, Jiang et al., Training with confidence: catching silent errors in deep learning training, 2025)",
    example="the model is made anew, or moved by a call that copies it, after the optimizer was made",
    remedies=(Change("all_parameters", True, "make the optimizer from model.parameters() of the final model"),),
    examine=examine,
    explains=("mechanics.missing-from-optimizer", "optimisation.plateau", "generalisation.underfitting"),
)
