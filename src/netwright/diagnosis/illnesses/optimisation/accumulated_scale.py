"""Accumulated scale: several backward passes a step, whose losses are summed instead of averaged."""

from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.outcome import helps, troubled
from netwright.diagnosis.pictures import loss_picture

PLAIN = ("sgd", "momentum")


def examine(case: Case) -> Sign | None:
    how = case.optimizing
    if how.backwards_per_step < 1.5 or how.divided is not False or how.optimizer not in PLAIN:
        return None
    if not (troubled(case) or helps(case, "learning_rate x 0.1")):
        return None
    times = how.backwards_per_step
    evidence = f"{times:.3g} backward passes a step, whose losses are not divided: steps are {times:.3g} times as long"
    return Sign(0.9, evidence, {"backwards": times}, loss_picture(case), how.step_where)


ACCUMULATED_SCALE = Illness(
    code="optimisation.accumulated-scale",
    name="Accumulated gradients are summed",
    severity="warning",
    what="Gradients of several batches are added up before a step, and nothing divides them by their number.",
    why="With SGD the step is as many times longer as there are batches in it: a hidden change of the learning rate.",
    seen="more than one backward pass a step with a mean loss that was not divided, with SGD, where little was learnt "
    "or a lower rate does better (Hugging Face, Fixing gradient accumulation, 2024)",
    example="step() every 16 batches, without loss / 16",
    remedies=(
        Change("accumulate", True, "divide the loss by the number of backward passes"),
        Change("learning_rate", 0.1, "divide the learning rate by 10"),
    ),
    examine=examine,
    explains=(
        *("optimisation.rate-too-high", "optimisation.divergence", "optimisation.oscillation"),
        *("signal.exploding-gradient", "mechanics.not-finite-source", "signal.dead-units"),
    ),
)
