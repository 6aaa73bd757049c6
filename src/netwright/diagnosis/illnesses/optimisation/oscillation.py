"""Oscillation: the loss of whole epochs swings up and down without getting lower."""

import itertools

from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.outcome import troubled
from netwright.diagnosis.pictures import loss_picture
from netwright.diagnosis.trends import epoch_losses

SWING = 0.1  # of the loss, from one epoch to the next
SHARE = 0.4  # of the epochs that turn so
FEWEST = 6  # epochs


def examine(case: Case) -> Sign | None:
    late = epoch_losses(case)
    late = late[len(late) // 3 :]
    if len(late) < FEWEST or not troubled(case):
        return None
    moves = [after - before for before, after in itertools.pairwise(late)]
    level = sum(abs(loss) for loss in late) / len(late)
    pairs = itertools.pairwise(moves)
    turns = sum(one * other < 0.0 and min(abs(one), abs(other)) > SWING * level for one, other in pairs)
    share = turns / (len(moves) - 1)
    if share < SHARE or late[-1] < 0.5 * late[0]:
        return None
    evidence = f"in {share:.0%} of the later epochs the loss turns by more than {SWING:.0%} of itself"
    return Sign(min(1.0, share / (2.0 * SHARE)), evidence, {"turns": share}, loss_picture(case))


OSCILLATION = Illness(
    code="optimisation.oscillation",
    name="Oscillating loss",
    severity="warning",
    what="The loss of one epoch is far above that of the last, the next one's far below, and so on.",
    why="The steps jump from one side of a valley to the other instead of down along it.",
    seen="over the last two thirds of at least 6 epochs, the loss turns by more than 0.1 of itself in 40% of them, "
    "without halving, where little was learnt (AutoTrainer, Zhang et al. 2021: swings of 0.03 in 20% of the epochs)",
    example="momentum 0.99 at a rate that was meant for none",
    remedies=(
        Change("learning_rate", 0.1, "divide the learning rate by 10"),
        Change("schedule", "cosine", "let the rate fall towards the end"),
        Change("batch_size", 4.0, "take batches four times as large"),
        Change("optimizer", "adam", "take Adam"),
    ),
    examine=examine,
    explains=("generalisation.underfitting",),
)
