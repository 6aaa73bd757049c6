"""Loss for another task: amounts compared as classes, or classes as amounts."""

from netwright.diagnosis.case import Case, Objective
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.outcome import helps, learnt, refuted, troubled
from netwright.diagnosis.pictures import loss_picture, trial_picture

AMOUNTS = ("mse", "mae", "huber", "logcosh", "mape", "msle", "poisson")
CLASSES = ("cross_entropy", "nll", "probabilities_cross_entropy", "bce", "bce_with_logits")
EXCLUSIVE = ("cross_entropy", "nll", "probabilities_cross_entropy")
WELL = 0.7  # share of one answer's loss, gone
HALF = 0.5


def examine(case: Case) -> Sign | None:
    said, certain = _mismatch(case.objective)
    if not said or refuted(case, "pairing"):
        return None
    proven, share = helps(case, "pairing"), learnt(case)
    enough = WELL if certain else 0.0 if case.trials else HALF
    poor = troubled(case) or (share is None and certain) or (share is not None and share < enough)
    if not (proven or poor):
        return None
    answer = case.objective
    strength = 1.0 if proven and certain else 0.8 if proven else 0.75 if certain else 0.6
    sketch = trial_picture(case, "pairing") or loss_picture(case)
    return Sign(strength, said, {"learnt": share or 0.0}, sketch, answer.where or answer.head_where)


def _mismatch(answer: Objective) -> tuple[str, bool]:
    """Return what does not fit, and whether it never does."""
    outputs = answer.output_shape[-1] if answer.output_shape else 0
    if answer.task in ("classes", "binary", "labels") and answer.loss in AMOUNTS:
        numbered = answer.task == "classes" and not answer.one_hot and answer.head in ("identity", "relu")
        certain = numbered or answer.loss == "mae"  # its best answer is the most frequent class
        through = "" if answer.head == "identity" else f" after {answer.head}"
        return f"{answer.loss}{through} measures {_what(answer)} as if they were amounts", certain
    if answer.task == "values" and answer.loss in CLASSES and not _probabilities(answer):
        return (
            f"{answer.loss} takes classes; the targets go from {answer.target_low:.4g} to {answer.target_high:.4g}",
            True,
        )
    if (
        answer.task == "classes"
        and answer.loss in ("bce", "bce_with_logits")
        and answer.head == "softmax"
        and outputs > 2
    ):
        return f"{answer.loss} asks of each of {outputs} outputs apart what softmax shares among them", False
    if outputs == 1 and answer.loss in EXCLUSIVE and len(answer.output_shape) == 2:
        return f"{answer.loss} over a single output is 0 whatever it answers", True
    if answer.task == "classes" and answer.loss == "probabilities_cross_entropy" and answer.head == "sigmoid":
        return "the sigmoid answers for each class apart, and the loss divides by their sum", False
    if answer.task == "labels" and answer.loss in EXCLUSIVE:
        return f"{answer.loss} lets one class be right, and several of the {outputs} labels hold at once", True
    return "", False


def _what(answer: Objective) -> str:
    return f"{len(answer.shares) or 'several'} classes" if answer.task != "labels" else "labels"


def _probabilities(answer: Objective) -> bool:
    """Whether the targets may be soft: between 0 and 1."""
    low, high = answer.target_low, answer.target_high
    return low is None or high is None or (low >= 0.0 and high <= 1.0)


LOSS_FOR_TASK = Illness(
    code="objective.loss-for-task",
    name="A loss for another task",
    severity="error",
    what="The loss measures something else than what the targets are: squared errors for classes, cross-entropy for "
    "amounts.",
    why="With squared errors a confident wrong answer behind a sigmoid has almost no gradient; class numbers are no "
    "amounts; amounts are no classes.",
    seen="mean squared or absolute error for classes, cross-entropy for values beyond 0 to 1, one-of-many losses for "
    "labels of which several hold, bce over a softmax of more than two, where little was learnt or the fitting pair "
    "scores higher; absolute errors go to the most frequent answer (DeepCrime, Humbatova, Jahangirova and Tonella "
    "2021: loss)",
    example="nn.MSELoss() between ten outputs and digits",
    remedies=(
        Change("pairing", "auto", "take the head and the loss that suit the targets"),
        Change("loss", "cross_entropy", "take cross_entropy on plain outputs for classes"),
        Change("loss", "bce_with_logits", "take BCEWithLogitsLoss for yes or no, and for labels"),
        Change("loss", "mse", "take MSELoss for amounts"),
    ),
    examine=examine,
    explains=(
        *("optimisation.plateau", "signal.vanishing-gradient", "generalisation.underfitting", "signal.constant-output"),
        *("signal.saturated-units", "optimisation.too-few-steps"),
        "optimisation.oscillation",
    ),
)
