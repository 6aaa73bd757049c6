"""Wrong output activation: the targets lie where the network's last function cannot go."""

from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.outcome import refuted
from netwright.diagnosis.pictures import bars

REACH = {
    **dict.fromkeys(("sigmoid", "softmax", "hardsigmoid"), (0.0, 1.0)),
    **dict.fromkeys(("tanh", "softsign", "hardtanh"), (-1.0, 1.0)),
    **dict.fromkeys(("relu", "softplus", "exp"), (0.0, float("inf"))),
    "relu6": (0.0, 6.0),
    "logsigmoid": (-float("inf"), 0.0),
    "log_softmax": (-float("inf"), 0.0),
}
VALUES = ("mse", "mae", "huber", "logcosh", "mape", "msle", "poisson")
SLACK = 0.05  # of the targets' range
SEVERAL = 1.2  # labels of a row, on average
OTHERS = (
    "cross_entropy",
    "nll",
    "bce",
    "bce_with_logits",
    "probabilities_cross_entropy",
    "kl",
    "hinge",
    "squared_hinge",
)


def examine(case: Case) -> Sign | None:
    return _shared(case) or _bounded(case)


def _shared(case: Case) -> Sign | None:
    """Labels of which several hold at once, and a softmax that lets their answers sum to 1."""
    answer = case.objective
    wanted = (answer.target_mean or 0.0) * (answer.output_shape[-1] if answer.output_shape else 0)
    if answer.task != "labels" or answer.head != "softmax" or wanted < SEVERAL:
        return None
    evidence = f"{wanted:.2g} labels hold for a row on average, and softmax lets the answers for all of them sum to 1"
    sketch = bars("Sum over the labels of a row", "sum", {"targets": wanted, "outputs": 1.0})
    return Sign(0.9, evidence, {"wanted": wanted}, sketch, answer.head_where or answer.where)


def _bounded(case: Case) -> Sign | None:
    answer = case.objective
    low, high, reach = answer.target_low, answer.target_high, REACH.get(answer.head)
    if reach is None or low is None or high is None or high <= low:
        return None
    if answer.loss not in VALUES and (answer.loss in OTHERS or answer.task != "values"):
        return None
    outside = max(0.0, reach[0] - low) + max(0.0, high - reach[1])
    share = min(1.0, outside / (high - low))
    if share <= SLACK:
        return None
    evidence = (
        f"targets go from {low:.4g} to {high:.4g}, {answer.head} answers {_span(*reach)}: {share:.0%} is out of reach"
    )
    sketch = bars("Targets, and what the outputs reach", "value", _heights(low, high, reach))
    numbers = {"low": low, "high": high, "out of reach": share}
    strength = 0.5 if refuted(case, "pairing") else 0.7 + 0.3 * share
    return Sign(strength, evidence, numbers, sketch, answer.head_where or answer.where)


def _span(low: float, high: float) -> str:
    if high == float("inf"):
        return f"no less than {low:g}"
    return f"no more than {high:g}" if low == -float("inf") else f"from {low:g} to {high:g}"


def _heights(low: float, high: float, reach: tuple[float, float]) -> dict[str, float]:
    ends = {"outputs from": reach[0], "outputs to": reach[1]}
    finite = {name: value for name, value in ends.items() if abs(value) != float("inf")}
    return {"targets from": low, "targets to": high, **finite}


WRONG_OUTPUT_ACTIVATION = Illness(
    code="architecture.wrong-output-activation",
    name="The outputs cannot reach the targets",
    severity="error",
    what="The last function is bounded, and targets lie beyond its bounds.",
    why="The network drives the outputs to the bound, where the slope is 0, and stays there: no row is told from "
    "another.",
    seen="more than 5% of the targets' range beyond what the last function can answer, under a loss of values; or "
    "more than 1.2 labels a row after a softmax (NeuraLint, Nikanjam et al. 2022; DeepDiagnosis, Wardat et al. 2022: "
    "out of range)",
    example="a sigmoid after the last layer, and prices from 3 to 103",
    remedies=(
        Change("head", "identity", "leave the last function out"),
        Change("pairing", "auto", "take the head and the loss that suit the targets"),
        Change("scale_targets", True, "bring the targets to mean 0 and deviation 1, with no last function"),
    ),
    examine=examine,
    explains=(
        *("optimisation.plateau", "signal.saturated-units", "signal.constant-output", "signal.vanishing-gradient"),
        *("generalisation.underfitting", "data.unscaled-targets", "signal.dead-units", "optimisation.too-few-steps"),
        *("signal.collapsed-representation", "optimisation.rate-too-low", "optimisation.rate-too-high"),
    ),
)
