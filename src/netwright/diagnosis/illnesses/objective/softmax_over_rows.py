"""Softmax over rows: the rows of a batch compete, not the classes."""

from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.pictures import loss_picture


def examine(case: Case) -> Sign | None:
    target = case.objective
    if not target.over_rows:
        return None
    rows = target.output_shape[0] if target.output_shape else 0
    along = f"{rows} rows" if len(target.output_shape) < 3 else "a batch's rows or positions"
    evidence = f"the outputs of {along} sum to 1 for each class, and not over the classes for each row"
    where = target.head_where or target.where
    return Sign(1.0, evidence, {"rows": float(rows)}, loss_picture(case), where)


SOFTMAX_OVER_ROWS = Illness(
    code="objective.softmax-over-rows",
    name="Softmax over the rows of a batch",
    severity="error",
    what="The softmax runs along the batch (dim=0) and not along the classes (dim=1).",
    why="A row's answer depends on which other rows are in its batch: the probabilities of a row do not sum to 1, and "
    "the same row gets other answers in another batch, above all when it is asked alone.",
    seen="outputs that are nowhere below 0 and sum to 1, within 0.001, over the rows of a batch, or the positions of a "
    "series, for every class, while the sums over classes are off by more than 0.01 (Bridle, Probabilistic "
    "interpretation of feedforward classification network outputs, 1990: the shares of one row's classes sum to 1)",
    example="torch.softmax(logits, dim=0), or nn.Softmax(0)",
    remedies=(
        Change("pairing", "auto", "take the softmax along the classes, dim=1, or leave it to cross_entropy"),
        Change("head", "softmax", "take the softmax along the classes"),
    ),
    examine=examine,
    explains=(
        *("generalisation.underfitting", "optimisation.plateau", "optimisation.rate-too-low", "data.row-dependence"),
        *("signal.constant-output", "objective.softmax-before-cross-entropy", "generalisation.overfitting"),
    ),
)
