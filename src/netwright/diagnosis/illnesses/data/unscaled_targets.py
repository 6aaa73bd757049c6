"""Unscaled targets: amounts in the thousands, learnt by steps made for 1."""

from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.outcome import gain, helps, refuted, troubled
from netwright.diagnosis.pictures import bars, trial_picture

LARGE = 10.0  # deviation or mean
SMALL = 0.01  # deviation
AMOUNTS = ("mse", "mae", "huber", "logcosh", "mape", "msle", "poisson", "")


def examine(case: Case) -> Sign | None:
    answer = case.objective
    deviation, mean = answer.target_deviation, abs(answer.target_mean or 0.0)
    if answer.task != "values" or not deviation or answer.loss not in AMOUNTS:
        return None
    if SMALL <= deviation <= LARGE and mean <= LARGE * max(1.0, deviation):
        return None
    more, proven = gain(case, "scaled targets"), helps(case, "scaled targets")
    if refuted(case, "scaled targets") or not (proven or troubled(case)):
        return None
    evidence = f"targets have mean {answer.target_mean or 0.0:.4g} and deviation {deviation:.4g}"
    evidence += f"; scaled, a short training scores {more:.2g} higher" if proven else ""
    span = {"lowest": answer.target_low or 0.0, "mean": answer.target_mean or 0.0, "highest": answer.target_high or 0.0}
    sketch = trial_picture(case, "scaled targets") or bars("Targets", "value", span)
    strength = min(1.0, 0.6 + (more or 0.0)) if proven else 0.7
    return Sign(strength, evidence, {"deviation": deviation, "mean": answer.target_mean or 0.0}, sketch, answer.where)


UNSCALED_TARGETS = Illness(
    code="data.unscaled-targets",
    name="Targets out of scale",
    severity="error",
    what="The targets are in the hundreds or thousands, or all within a hundredth of each other.",
    why="Squared errors of thousands give gradients of thousands, which throw the weights away; and small steps need "
    "forever to get a last layer from 0 to a mean of 1000.",
    seen="targets with a deviation above 10 or below 0.01, or a mean above 10 deviations, where little was learnt or "
    "scaled targets score 0.05 higher (LeCun, Bottou, Orr and Mueller, Efficient BackProp, 1998)",
    example="prices in dollars under nn.MSELoss()",
    remedies=(
        Change("scale_targets", True, "bring the targets to mean 0 and deviation 1, and scale answers back"),
        Change("loss", "huber", "take the Huber loss, whose gradient is bounded"),
        Change("learning_rate", 0.1, "divide the learning rate by 10"),
    ),
    examine=examine,
    explains=(
        *("optimisation.divergence", "mechanics.not-finite-source", "signal.exploding-gradient", "signal.dead-units"),
        *("optimisation.plateau", "generalisation.underfitting", "optimisation.too-few-steps"),
        *("optimisation.oscillation", "signal.constant-output", "signal.rank-loss"),
    ),
)
