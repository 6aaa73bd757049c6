"""Loss without its head: it takes probabilities, or their logarithms, and gets something else."""

from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.outcome import refuted, troubled
from netwright.diagnosis.pictures import bars, loss_picture

PROBABILITIES = ("sigmoid", "softmax", "hardsigmoid", "exp", "clamp")
LOGARITHMS = ("log_softmax", "logsigmoid", "log")
LOSSES = ("bce", "nll", "probabilities_cross_entropy")
NEEDS = {"probabilities": PROBABILITIES, "log_probabilities": LOGARITHMS}


def examine(case: Case) -> Sign | None:
    answer = case.objective
    needed = NEEDS.get(answer.takes)
    if needed is None or not answer.head or answer.head in needed or answer.loss not in LOSSES:
        return None
    low, high = answer.output_low, answer.output_high
    fits = low is not None and high is not None and _fits(answer.takes, low, high)
    if fits and (answer.head == "identity" or not troubled(case)):
        return None  # what a relu answers may lie within 0 and 1 for a while
    said = "" if low is None or high is None else f", outputs go from {low:.3g} to {high:.3g}"
    through = "nothing" if answer.head == "identity" else answer.head
    evidence = f"{answer.loss} takes {answer.takes.replace('_', ' ')}; the outputs went through {through}{said}"
    span = {"lowest": low or 0.0, "highest": high or 0.0}
    sketch = bars("Outputs", "value", span) if said else loss_picture(case)
    strength = 0.6 if refuted(case, "pairing") else 1.0
    return Sign(strength, evidence, span, sketch, answer.where or answer.head_where)


def _fits(takes: str, low: float, high: float) -> bool:
    """Whether the outputs are what the loss takes, whatever made them so."""
    if takes == "probabilities":
        return low >= 0.0 and high <= 1.0 + 1e-6 and high > low
    return high <= 1e-6 and low < -1e-6


LOSS_WITHOUT_HEAD = Illness(
    code="objective.loss-without-head",
    name="The loss takes something else",
    severity="error",
    what="The loss expects probabilities or their logarithms, and the network hands it plain outputs, or the other of "
    "the two.",
    why="What it computes is no likelihood: it may fall below 0 without end, be clipped where no gradient is, or not "
    "be a number.",
    seen="bce or another loss of probabilities without sigmoid or softmax, or nll_loss without log_softmax, and "
    "outputs beyond what such numbers can be, or of another function while little is learnt (PyTorch's documentation "
    "of NLLLoss and BCELoss, 2024)",
    example="nn.NLLLoss() on softmax: the loss is minus the probability",
    remedies=(
        Change("pairing", "auto", "take the head and the loss that suit the targets"),
        Change("loss", "cross_entropy", "take cross_entropy on plain outputs"),
        Change("head", "log_softmax", "end in log_softmax for nll_loss"),
    ),
    examine=examine,
    explains=(
        *("optimisation.plateau", "optimisation.divergence", "mechanics.not-finite-source", "signal.constant-output"),
        *("generalisation.underfitting", "signal.dead-units", "optimisation.rate-too-low"),
        *("signal.exploding-gradient", "optimisation.rate-too-high", "optimisation.too-few-steps"),
        *("architecture.wrong-output-activation", "signal.vanishing-gradient", "objective.loss-for-task"),
    ),
)
