"""Dropout on the output: answers are set to 0 at random."""

from netwright.diagnosis.case import Case, Op
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.outcome import refuted
from netwright.diagnosis.pictures import loss_picture
from netwright.diagnosis.structure import feeding, hidden, inside, named


def examine(case: Case) -> Sign | None:
    last = max((op.number for op in hidden(case)), default=-1)
    found = [op for op in inside(case) if op.kind == "dropout" and op.number > last and _answers(case, op)]
    if not found:
        return None
    evidence = f"{named(found[0])} silences the outputs themselves: a silenced answer is 0, whatever the row"
    share = case.optimizing.dropout
    strength = 0.5 if refuted(case, "no dropout") else 0.9
    return Sign(strength, evidence, {"dropout": share}, loss_picture(case), named(found[0]))


def _answers(case: Case, op: Op) -> bool:
    """Whether it takes the result of the last layer of weights, directly or through the last function."""
    ahead, weights = list(feeding(case, op)), case.network.weights
    for _ in range(3):
        if any(above in weights for above in ahead):
            return bool(weights) and any(above.number == weights[-1].number for above in ahead)
        ahead = [above for at in ahead for above in feeding(case, at)]
    return False


DROPOUT_ON_OUTPUT = Illness(
    code="architecture.dropout-on-output",
    name="Dropout on the outputs",
    severity="error",
    what="Dropout stands after the last layer: it sets whole answers to 0.",
    why="No weights can be right for an answer that chance has changed; the loss keeps a floor that cannot be learnt "
    "away.",
    seen="dropout that takes the result of the last layer of weights (Srivastava et al., Dropout: a simple way to "
    "prevent neural networks from overfitting, 2014: for inputs and hidden units)",
    example="nn.Sequential(..., nn.Linear(64, 10), nn.Dropout(0.5))",
    remedies=(
        Change("remove", "dropout", "leave out the dropout after the last layer"),
        Change("dropout", 0.0, "leave out all dropout"),
    ),
    examine=examine,
    explains=("generalisation.underfitting", "generalisation.over-regularised", "optimisation.oscillation"),
)
