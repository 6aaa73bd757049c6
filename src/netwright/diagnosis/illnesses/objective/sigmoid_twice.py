"""Sigmoid twice: bce_with_logits takes the sigmoid of a sigmoid."""

from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.outcome import refuted
from netwright.diagnosis.pictures import loss_picture, trial_picture


def examine(case: Case) -> Sign | None:
    answer = case.objective
    if answer.head != "sigmoid" or answer.loss != "bce_with_logits":
        return None
    evidence = "outputs go through sigmoid, and bce_with_logits takes the sigmoid again: no answer is below 0.5"
    sketch = trial_picture(case, "pairing") or loss_picture(case)
    strength = 0.5 if refuted(case, "pairing") else 1.0
    return Sign(strength, evidence, {"least answer": 0.5}, sketch, answer.head_where or answer.where)


SIGMOID_TWICE = Illness(
    code="objective.sigmoid-twice",
    name="Sigmoid before a loss with logits",
    severity="error",
    what="BCEWithLogitsLoss takes plain outputs and does the sigmoid itself; here it gets probabilities.",
    why="The sigmoid of a number from 0 to 1 lies between 0.5 and 0.73: the network can never say no.",
    seen="sigmoid as the last function, under bce_with_logits (NeuraLint, Nikanjam et al. 2022: redundant sigmoid; "
    "PyTorch's documentation of BCEWithLogitsLoss, 2024)",
    example="nn.Sequential(..., nn.Sigmoid()), and nn.BCEWithLogitsLoss()",
    remedies=(
        Change("head", "identity", "leave the sigmoid out of the network; use it only to read answers"),
        Change("loss", "bce", "or keep it and take BCELoss"),
    ),
    examine=examine,
    explains=(
        *("optimisation.plateau", "signal.vanishing-gradient", "generalisation.underfitting", "signal.constant-output"),
        *("optimisation.rate-too-low", "optimisation.too-few-steps", "data.imbalance", "signal.saturated-units"),
    ),
)
