"""Dropout before batch norm: in evaluation the variance is not the one that was learnt."""

from netwright.diagnosis.case import Case, Op
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.outcome import helps
from netwright.diagnosis.pictures import trial_picture, validation_picture
from netwright.diagnosis.structure import back, feeding, inside, named
from netwright.diagnosis.trends import validation_losses

WORSE = 1.3  # times the training loss


def examine(case: Case) -> Sign | None:
    norms = [op for op in inside(case) if op.kind == "normalization" and "batch" in op.name]
    before = [op for norm in norms for op in _above(case, norm) if op.kind == "dropout"]
    losses = validation_losses(case)
    if not before or len(losses) < 2 or case.epochs[-1].train_loss <= 0.0:
        return None
    ratio = losses[-1] / case.epochs[-1].train_loss
    if min(losses) < WORSE * min(epoch.train_loss for epoch in case.epochs) or not helps(case, "no dropout"):
        return None
    evidence = f"a batch norm follows {named(before[0])}; validation loss is {ratio:.3g} times training loss"
    sketch = trial_picture(case, "no dropout") or validation_picture(case)
    return Sign(0.7, evidence, {"validation over training": ratio}, sketch, named(before[0]))


def _above(case: Case, norm: Op) -> list[Op]:
    """Return what stands before it, and before the layer of weights that feeds it."""
    found = list(back(case, norm))
    return found + [op for layer in found if layer.kind in ("linear", "convolution") for op in feeding(case, layer)]


DROPOUT_BEFORE_BATCH_NORM = Illness(
    code="architecture.dropout-before-batch-norm",
    name="Dropout before batch norm",
    severity="warning",
    what="Dropout raises the variance in training, batch norm learns that variance, and in evaluation it is another.",
    why="The network that is used is not the one that was trained: its signals come out of scale.",
    seen="dropout directly before a batch norm or before its layer, a validation loss that never comes below 1.3 "
    "times the least training loss, and a short training without dropout that scores 0.05 higher (Li et al., "
    "Understanding the disharmony between dropout and batch normalization by variance shift, 2019)",
    example="Linear, ReLU, Dropout(0.5), Linear, BatchNorm1d",
    remedies=(
        Change("dropout", 0.0, "leave the dropout out, or put it after the last batch norm"),
        Change("normalization", "layer", "take layer norm"),
    ),
    examine=examine,
    explains=("generalisation.overfitting", "generalisation.over-regularised"),
)
