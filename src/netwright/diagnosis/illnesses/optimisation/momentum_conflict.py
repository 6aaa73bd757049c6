"""Momentum in conflict: an average over more steps than the rate, or the training, allows."""

import math

from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.outcome import troubled
from netwright.diagnosis.pictures import loss_picture

MOST = 0.98


def examine(case: Case) -> Sign | None:
    how = case.optimizing
    momentum = how.betas[0] if how.betas else how.momentum
    conflict = how.betas is not None and how.betas[1] > 0.0 and how.betas[0] ** 2 >= math.sqrt(how.betas[1])
    if (momentum <= MOST and not conflict) or not troubled(case):
        return None
    over = 1.0 / max(1.0 - momentum, 1e-6)
    evidence = f"momentum {momentum:g} averages over about {over:.0f} of {how.steps} steps"
    if how.betas and conflict:
        evidence = f"betas {how.betas[0]:g} and {how.betas[1]:g}: the mean reaches further back than its own scale"
    return Sign(0.7, evidence, {"momentum": momentum, "steps averaged": over}, loss_picture(case))


MOMENTUM_CONFLICT = Illness(
    code="optimisation.momentum-conflict",
    name="Momentum in conflict with the rate",
    severity="warning",
    what="Momentum keeps old gradients for so long that steps run on in directions that are no longer downhill.",
    why="With momentum m the step grows to rate / (1 - m): at 0.99 a rate of 0.1 acts like 10.",
    seen="momentum or beta1 above 0.98, or beta1^2 >= sqrt(beta2), which breaks the condition of Adam's proof (Kingma "
    "and Ba, Adam: a method for stochastic optimization, 2015), where little was learnt",
    example="SGD(lr=0.1, momentum=0.99)",
    remedies=(
        Change("optimizer", "adam", "take Adam at its usual betas"),
        Change("learning_rate", 0.1, "divide the learning rate by 10"),
        Change("optimizer", "momentum", "take SGD with momentum 0.9"),
    ),
    examine=examine,
    explains=(
        *("optimisation.oscillation", "optimisation.divergence", "optimisation.rate-too-high", "signal.dead-units"),
        *("signal.collapsed-representation", "signal.rank-loss", "signal.constant-output", "signal.exploding-gradient"),
        *(
            "signal.saturated-units",
            "optimisation.plateau",
            "mechanics.not-finite-source",
            "generalisation.underfitting",
            "optimisation.optimizer-choice",
        ),
    ),
)
