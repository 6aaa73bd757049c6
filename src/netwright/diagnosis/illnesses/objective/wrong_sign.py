"""Wrong sign: the loss is negated, and training makes the network as wrong as it can be."""

import math

from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.pictures import loss_picture
from netwright.diagnosis.trends import losses

NEVER_NEGATIVE = (
    *("mse", "mae", "huber", "logcosh", "msle", "mape", "cross_entropy", "bce_with_logits"),
    *("probabilities_cross_entropy", "hinge", "squared_hinge"),
)
TIMES = 100.0  # how far below its start a loss that is not known falls
SHARE = 0.5  # of what the most frequent class alone gets right


def examine(case: Case) -> Sign | None:
    answer, known = case.objective, losses(case)
    inside = answer.target_low is None or answer.target_low >= 0.0 or answer.task == "values"
    if len(known) < 5 or max(known) > 0.0 or known[0] >= 0.0 or not inside:
        return None
    if not (answer.loss in NEVER_NEGATIVE or (not answer.loss and _runs_away(case, known))):
        return None
    name = answer.loss or "the loss"
    evidence = f"{name} goes from {known[0]:.4g} to {known[-1]:.4g}: below 0 from the first step on, and falling"
    return Sign(1.0, evidence, {"first": known[0], "last": known[-1]}, loss_picture(case), answer.where)


def _runs_away(case: Case, known: list[float]) -> bool:
    """Whether a loss that is not known falls without end while ever fewer answers are right."""
    scores = [step.accuracy for step in case.steps if step.accuracy is not None]
    chance = max(case.objective.shares, default=math.nan)
    return known[-1] < TIMES * known[0] or (len(scores) > 2 and max(scores[-3:]) < SHARE * chance)


WRONG_SIGN = Illness(
    code="objective.wrong-sign",
    name="The loss has the wrong sign",
    severity="error",
    what="The loss is negated, or a score that should grow is made smaller.",
    why="Every step makes the answers worse, as fast as it can.",
    seen="a loss that is never negative, such as a squared error or a cross-entropy, is below 0 from the first step "
    "on; or an unknown one is, and falls a hundredfold, or less is right than half of what the most frequent class "
    "alone gets (TheDeepChecker, Ben Braiek and Khomh 2022: losses of the wrong sign; AutoTrainer, Zhang et al. 2021: "
    "loss below 0)",
    example="loss = -criterion(model(x), y), from code that maximised a likelihood",
    remedies=(
        Change("pairing", "auto", "take the loss that suits the targets, and make it smaller"),
        Change("loss", "cross_entropy", "take cross_entropy without a sign in front of it"),
    ),
    examine=examine,
    explains=(
        *("optimisation.divergence", "mechanics.not-finite-source", "signal.exploding-gradient", "signal.dead-units"),
        *("generalisation.underfitting", "signal.saturated-units", "signal.constant-output", "optimisation.plateau"),
        *("optimisation.rate-too-high", "optimisation.rate-too-low", "objective.loss-for-task"),
        *("optimisation.optimizer-choice", "signal.rank-loss", "optimisation.oscillation", "data.imbalance"),
    ),
)
