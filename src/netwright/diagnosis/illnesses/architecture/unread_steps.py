"""Unread steps: most of a sequence changes no answer."""

from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.outcome import troubled
from netwright.diagnosis.pictures import bars

MOST = 0.5


def examine(case: Case) -> Sign | None:
    share = case.rows.unread
    if share is None or share < MOST or not troubled(case):
        return None
    evidence = f"{share:.0%} of the steps of a sequence can be replaced by those of other rows, and no answer changes"
    sketch = bars("Steps of a sequence", "share", {"read": 1.0 - share, "not read": share}, (("at most", MOST),))
    return Sign(0.9, evidence, {"unread": share}, sketch)


UNREAD_STEPS = Illness(
    code="architecture.unread-steps",
    name="Steps of a sequence that are not read",
    severity="error",
    what="The answers do not depend on most of the steps that the network is given.",
    why="What decides the target may stand there, and the network cannot know it.",
    seen="half of the steps or more, replaced by those of other rows, change no answer at all, where far more could be "
    "learnt (Karpathy, A recipe for training neural networks, 2019: use backprop to chart dependencies)",
    example="output[:, 0] of a GRU with batch_first=True, where output[:, -1] was meant",
    remedies=(Change("data", True, "answer from the last step's output, output[:, -1], or from the mean over steps"),),
    examine=examine,
    explains=(
        *("optimisation.plateau", "generalisation.underfitting", "optimisation.rate-too-low", "signal.constant-output"),
        *("optimisation.too-few-steps", "architecture.capacity-too-small", "optimisation.optimizer-choice"),
        *("data.shuffled-targets", "signal.collapsed-representation", "architecture.bottleneck"),
    ),
)
