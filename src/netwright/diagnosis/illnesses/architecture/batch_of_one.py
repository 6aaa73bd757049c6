"""Batch norm over one row, or a few: each value is measured against itself."""

import math

from netwright.diagnosis.case import Case, Op
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.outcome import troubled
from netwright.diagnosis.pictures import loss_picture
from netwright.diagnosis.structure import inside, named

VALUES = 4  # that a mean is taken over


def examine(case: Case) -> Sign | None:
    size = case.optimizing.batch_size
    norms = [op for op in inside(case) if op.kind == "normalization" and "batch" in op.name and op.shape]
    kept = case.optimizing.evaluating or (case.network.frozen and not troubled(case))  # as it was learnt elsewhere
    if size is None or not norms or kept:
        return None
    worst = min(norms, key=_averaged)
    over = size * _averaged(worst)
    if over >= VALUES and size > 1:
        return None
    evidence = f"{named(worst)} takes its mean and deviation over {over} values: batches have {size} rows"
    hurts = size == 1 or over < VALUES - 1 or troubled(case)
    return Sign(0.9, evidence, {"values": float(over)}, loss_picture(case), named(worst), hurts=hurts)


def _averaged(op: Op) -> int:
    """Return over how many values of one row a channel's mean is taken."""
    return math.prod(op.shape[2:])


BATCH_OF_ONE = Illness(
    code="architecture.batch-of-one",
    name="Batch norm over too few values",
    severity="error",
    what="Batch norm measures each value against the mean of its batch, and the batch is one to three values.",
    why="A value minus itself is 0: of one row nothing is left, of two only which is larger.",
    seen="fewer than 4 values to a mean of a batch norm in training, or batches of one row "
    "(Wu and He, Group normalization, 2018: errors grow below 16 rows)",
    example="batch_size=1 and nn.BatchNorm1d",
    remedies=(
        Change("batch_size", 10.0, "take batches ten times as large"),
        Change("normalization", "layer", "take layer norm, which looks at one row only"),
    ),
    examine=examine,
    explains=(
        *(
            "optimisation.plateau",
            "generalisation.underfitting",
            "signal.constant-output",
            "optimisation.batch-too-small",
        ),
        "signal.collapsed-representation",
    ),
)
