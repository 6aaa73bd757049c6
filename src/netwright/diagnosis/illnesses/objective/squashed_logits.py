"""Squashed logits: a bounded function between the last layer and a loss that takes any number."""

from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.outcome import helps, learnt, refuted, troubled
from netwright.diagnosis.pictures import loss_picture, trial_picture
from netwright.diagnosis.structure import feeding, named, output

SQUASHING = ("relu", "tanh", "sigmoid", "relu6", "softplus", "hardtanh", "softsign", "elu")
WELL = 0.9


def examine(case: Case) -> Sign | None:
    return _of_loss(case) or _of_softmax(case)


def _of_softmax(case: Case) -> Sign | None:
    """A softmax at the end of the network that is given what an activation has let through."""
    last, share = output(case), learnt(case)
    before = feeding(case, last) if last is not None and last.kind == "softmax" else ()
    bounded = next((op for op in before if op.kind == "activation" and op.name in SQUASHING), None)
    if bounded is None or not (troubled(case) or (share is not None and share < WELL)):
        return None
    evidence = f"softmax takes any number as a logit, and the {bounded.name} before it lets only some through"
    return Sign(0.7, evidence, {"learnt": share or 0.0}, loss_picture(case), named(bounded))


def _of_loss(case: Case) -> Sign | None:
    answer = case.objective
    pair = answer.head in SQUASHING and answer.loss in ("cross_entropy", "bce_with_logits")
    if not pair or (answer.head == "sigmoid" and answer.loss == "bce_with_logits"):
        return None
    share = learnt(case)
    hurts = troubled(case) or helps(case, "pairing") or (share is not None and share < WELL)
    if (refuted(case, "pairing") or not hurts) and answer.head != "sigmoid":
        return None
    evidence = f"{answer.loss} takes any number as a logit, and {answer.head} lets only some through"
    sketch = trial_picture(case, "pairing") or loss_picture(case)
    strength = 0.5 if refuted(case, "pairing") else 0.9
    return Sign(strength, evidence, {"learnt": share or 0.0}, sketch, answer.head_where or answer.where)


SQUASHED_LOGITS = Illness(
    code="objective.squashed-logits",
    name="Activation on the logits",
    severity="error",
    what="The last layer ends in an activation, though the loss takes logits, which may be any number.",
    why="With ReLU a class whose logit is below 0 gets no gradient and is lost; with tanh or sigmoid no answer can be "
    "certain.",
    seen="sigmoid before cross_entropy, whatever comes of it; relu, tanh or the like as the last function under "
    "cross_entropy or bce_with_logits, or right before the last softmax, with over a tenth of one answer's loss left "
    "(UMLAUT, Schoop, Huang and Hartmann 2021: non-linear last layer)",
    example="every layer ends in ReLU, the last one too",
    remedies=(
        Change("head", "identity", "leave the last activation out"),
        Change("pairing", "auto", "take the head and the loss that suit the targets"),
    ),
    examine=examine,
    explains=(
        *("optimisation.plateau", "signal.dead-units", "signal.constant-output", "generalisation.underfitting"),
        *("signal.vanishing-gradient", "signal.saturated-units", "optimisation.rate-too-low"),
        *("optimisation.too-few-steps", "architecture.wrong-output-activation"),
    ),
)
