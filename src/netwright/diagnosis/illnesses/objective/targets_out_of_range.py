"""Targets out of range: a loss for 0 to 1 is given others."""

from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.pictures import bars

YES_NO = ("bce", "bce_with_logits")
SLACK = 0.01


def examine(case: Case) -> Sign | None:
    answer = case.objective
    low, high = answer.target_low, answer.target_high
    shared = answer.loss in ("cross_entropy", "probabilities_cross_entropy", "kl")
    soft = shared and len(answer.output_shape) > 1 and answer.target_shape == answer.output_shape
    if low is None or high is None or not (answer.loss in YES_NO or soft):
        return None
    if low >= -SLACK and high <= 1.0 + SLACK:
        return None
    evidence = f"{answer.loss} takes targets from 0 to 1; these go from {low:.4g} to {high:.4g}"
    numbers = {"lowest": low, "highest": high}
    sketch = bars("Targets", "value", numbers, (("no more than", 1.0), ("no less than", 0.0)))
    return Sign(1.0, evidence, numbers, sketch, answer.where)


TARGETS_OUT_OF_RANGE = Illness(
    code="objective.targets-out-of-range",
    name="Targets beyond 0 and 1",
    severity="error",
    what="A loss that measures probabilities is given targets below 0 or above 1.",
    why="For such targets the loss has no least value: it falls without end while outputs run off to a bound.",
    seen="targets below -0.01 or above 1.01 under bce, bce_with_logits or a cross-entropy with soft targets "
    "(DeepDiagnosis, Wardat et al. 2022: out of range; PyTorch's documentation of BCELoss, 2024)",
    example="labels of -1 and 1, or of 1 and 2, under BCELoss",
    remedies=(
        Change("pairing", "auto", "take the head and the loss that suit the targets"),
        Change("loss", "cross_entropy", "take cross_entropy where the targets are classes"),
        Change("loss", "mse", "take MSELoss and no last function where they are amounts"),
    ),
    examine=examine,
    explains=(
        *("optimisation.plateau", "optimisation.divergence", "signal.saturated-units", "signal.constant-output"),
        *("generalisation.underfitting", "mechanics.not-finite-source", "objective.loss-for-task", "signal.dead-units"),
        *("architecture.wrong-output-activation", "data.unscaled-targets", "signal.exploding-gradient"),
    ),
)
