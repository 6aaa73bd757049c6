"""Softmax before cross-entropy: the loss takes the softmax of a softmax."""

from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.outcome import refuted
from netwright.diagnosis.pictures import loss_picture, trial_picture


def examine(case: Case) -> Sign | None:
    answer = case.objective
    one = bool(answer.output_shape) and answer.output_shape[-1] == 1
    if answer.head != "softmax" or answer.loss != "cross_entropy" or one:
        return None
    units = answer.output_shape[-1] if answer.output_shape else 0
    evidence = "outputs go through softmax, and cross_entropy takes the softmax again"
    if units > 1:
        evidence += f": of {units} classes even a certain answer gets at most {2.7183 / (1.7183 + units):.2f}"
    strength = 0.5 if refuted(case, "pairing") else 1.0
    sketch = trial_picture(case, "pairing") or loss_picture(case)
    return Sign(strength, evidence, {"classes": float(units)}, sketch, answer.head_where or answer.where)


SOFTMAX_BEFORE_CROSS_ENTROPY = Illness(
    code="objective.softmax-before-cross-entropy",
    name="Softmax before cross-entropy",
    severity="error",
    what="PyTorch's cross_entropy takes plain outputs and does the softmax itself; here it gets probabilities.",
    why="Softmax of numbers from 0 to 1 is nearly even: the loss cannot come near 0, gradients are small, and the "
    "network is never told that it is right.",
    seen="softmax as the last function, under cross_entropy; a second log_softmax would change nothing and is not "
    "meant (UMLAUT, Schoop, Huang and Hartmann 2021; PyTorch's documentation of CrossEntropyLoss, 2024)",
    example="return torch.softmax(self.head(x), 1), and nn.CrossEntropyLoss()",
    remedies=(
        Change("head", "identity", "leave the softmax out of the network; use it only to read answers"),
        Change("pairing", "auto", "take the head and the loss that suit the targets"),
    ),
    examine=examine,
    explains=(
        *("optimisation.plateau", "signal.vanishing-gradient", "generalisation.underfitting", "signal.constant-output"),
        *("optimisation.rate-too-low", "optimisation.too-few-steps", "signal.saturated-units"),
        *("architecture.saturating-activations", "optimisation.optimizer-choice", "signal.rank-loss"),
    ),
)
