"""Training in evaluation mode: dropout and batch norm are switched off while the network learns."""

from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.outcome import troubled
from netwright.diagnosis.pictures import bars
from netwright.diagnosis.structure import inside


def examine(case: Case) -> Sign | None:
    asleep = [name for name in case.optimizing.evaluating if not _frozen(case, name)]
    switched = [
        op for op in inside(case) if op.kind == "dropout" or (op.kind == "normalization" and "batch" in op.name)
    ]
    if not asleep:
        return None
    whole = len(case.optimizing.evaluating) >= len(switched) and not case.network.frozen
    if not whole and not troubled(case):
        return None
    evidence = f"in training steps {len(asleep)} modules are in evaluation mode: {', '.join(asleep[:3])}"
    sketch = bars("Modules that act otherwise in training", "modules", {"in evaluation mode": float(len(asleep))})
    return Sign(0.9, evidence, {"modules": float(len(asleep))}, sketch, asleep[0])


def _frozen(case: Case, module: str) -> bool:
    """Whether parameters of the module, or of one beside it, are frozen: then it is kept as it is on purpose."""
    near = {module, module.rpartition(".")[0], module.split(".")[0]} - {""}
    return any(name.startswith(f"{prefix}.") for prefix in near for name in case.network.frozen)


EVALUATION_MODE = Illness(
    code="mechanics.evaluation-mode",
    name="Trained in evaluation mode",
    severity="warning",
    what="The network is in evaluation mode during training steps: nothing is silenced, and batch norm does not look "
    "at batches.",
    why="Dropout does not regularise, and batch norm scales by numbers that it never updates.",
    seen="modules of dropout or batch norm with training=False in a step, all of them, or some where little was "
    "learnt; not those of a frozen part (PyTorch's documentation of Module.eval, 2024)",
    example="model.eval() for the first validation, and no model.train() after it",
    remedies=(Change("train_mode", True, "call model.train() at the start of each epoch"),),
    examine=examine,
    explains=(
        *("generalisation.overfitting", "generalisation.stopped-too-late", "signal.exploding-gradient"),
        *("optimisation.divergence", "optimisation.rate-too-high", "mechanics.not-finite-source"),
    ),
)
