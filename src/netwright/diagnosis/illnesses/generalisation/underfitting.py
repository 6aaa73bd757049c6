"""Underfitting: much less is learnt than the rows allow."""

from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.outcome import gain, helps
from netwright.diagnosis.pictures import trial_picture
from netwright.diagnosis.structure import gives_back

GAIN = 0.15


def examine(case: Case) -> Sign | None:
    more, own = gain(case, "reference"), case.trial("as it is")
    if more is None or own is None or not helps(case, "reference", GAIN) or gives_back(case):
        return None
    evidence = f"a sound network on scaled rows scores {more:.2g} higher in a short training of the same rows"
    change = Change("pairing", "auto", "take the head and the loss that suit the targets")
    changes = (change, *UNDERFITTING.remedies) if helps(case, "pairing") else ()
    return Sign(min(1.0, 0.4 + more), evidence, {"gain": more}, trial_picture(case, "reference"), changes=changes)


UNDERFITTING = Illness(
    code="generalisation.underfitting",
    name="Underfitting",
    severity="warning",
    what="The rows hold much more than the network took from them.",
    why="It is wrong on training rows and on all others alike. It is mostly a symptom of something named above it.",
    seen="a sound network with the fitting head and loss on scaled rows scores 0.15 higher in a short training, "
    "and outputs are not shaped like inputs (Goodfellow, Bengio and Courville, Deep learning, 2016, chapter 5)",
    example="a network of two units for ten classes",
    remedies=(
        Change("optimizer", "adam", "take Adam"),
        Change("scale_inputs", True, "bring each feature to mean 0 and deviation 1"),
        Change("width", 4.0, "make the hidden layers four times as wide"),
        Change("epochs", 4.0, "train four times as long"),
    ),
    examine=examine,
)
