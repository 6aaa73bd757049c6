"""Targets without relation to their rows: what is learnt of the training rows holds for no other."""

from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.outcome import barely_learnt, learnt, overflowed
from netwright.diagnosis.pictures import bars, loss_picture, trial_picture, validation_picture
from netwright.diagnosis.trends import validation_losses

MEMORISED = 0.3  # of one answer's loss, gone on training rows
LITTLE, HARDLY = 0.05, 0.05  # the same where a sound network scores so little above the most frequent class
AGAIN = 0.3  # of the rows that come again with another target
FAR = 1.3  # times one answer's loss: above it validation rows are of another kind
CLOSE = 0.02  # a score, to that of one answer
ROWS = 100
COMMON = 0.8  # share of one class above which the share of right answers tells little of what was learnt


def examine(case: Case) -> Sign | None:
    return None if overflowed(case) else _apart(case) or _memorised(case) or _unlearnable(case)


def _apart(case: Case) -> Sign | None:
    """The same row comes with another target each epoch."""
    rows = case.rows
    if rows.conflicting < AGAIN or rows.duplicates > 0.2 or not barely_learnt(case):
        return None
    evidence = f"{rows.conflicting:.0%} of the rows come with another target when they come again"
    parts = {"rows with several targets": rows.conflicting, "rows that repeat within an epoch": rows.duplicates}
    return Sign(1.0, evidence, parts, bars("Rows and their targets", "share of rows", parts))


def _memorised(case: Case) -> Sign | None:
    """Training falls and validation was never below what one answer reaches."""
    losses, constant, share = validation_losses(case), case.objective.constant_loss, learnt(case)
    drifted = case.rows.drift is not None and case.rows.drift > 0.75
    if len(losses) < 3 or not constant or share is None or drifted:
        return None
    if share < (LITTLE if _hopeless(case) else MEMORISED):
        return None
    if not 0.99 * constant <= min(losses) <= FAR * constant or case.rows.seen < ROWS or _known(case):
        return None
    evidence = (
        f"{share:.0%} of one answer's loss is learnt on training rows; on validation rows it was never below "
        f"{min(losses):.4g}, and one answer reaches {constant:.4g}"
    )
    numbers = {"learnt": share, "least validation": min(losses), "one answer": constant}
    return Sign(0.9, evidence, numbers, validation_picture(case))


def _hopeless(case: Case) -> bool:
    """Whether a sound network on scaled rows is hardly better than the most frequent class."""
    reference, base = case.trial("reference"), max(case.objective.shares, default=0.0)
    if reference is None or reference.score is None or case.objective.task == "values":
        return False
    return 0.0 < base < COMMON and reference.score < base + HARDLY


def _known(case: Case) -> bool:
    """Whether more validation answers are right than by chance: the rows do say something."""
    scores = [epoch.validation_metric for epoch in case.epochs if epoch.validation_metric is not None]
    classes = sum(share > 0.0 for share in case.objective.shares)
    return bool(scores) and classes > 1 and max(scores) > 1.0 / classes + 0.15


def _unlearnable(case: Case) -> Sign | None:
    """A sound network on scaled rows does no better than one answer."""
    reference = case.trial("reference")
    base = max(case.objective.shares, default=0.0) if case.objective.task != "values" else 0.0
    scores = [trial.score for trial in case.trials if trial.score is not None and trial.name != "one batch"]
    if reference is None or reference.score is None or max(scores) > base + CLOSE or case.rows.seen < ROWS:
        return None
    if base > COMMON or not _again(case):
        return None
    if case.objective.target_deviation == 0.0 or (learnt(case) or 0.0) > 0.05:
        return None
    evidence = f"a sound network on scaled rows scores {reference.score:.2f}, and one answer for every row {base:.2f}"
    sketch = trial_picture(case, "reference") or loss_picture(case)
    return Sign(0.8, evidence, {"reference": reference.score, "one answer": base}, sketch)


def _again(case: Case) -> bool:
    """Whether rows came more than once: of a stream that is never the same no few rows can be learnt."""
    how = case.optimizing
    if not (how.rows and how.batch_size and how.steps):
        return True
    return how.steps * how.batch_size > 1.5 * how.rows


SHUFFLED_TARGETS = Illness(
    code="data.shuffled-targets",
    name="Targets without relation to the rows",
    severity="warning",
    what="Nothing in the rows says what their targets are.",
    why="The network can learn rows by heart, and of new ones it knows no more than before.",
    seen="30% of the rows come with another target when they come again, though rows do not repeat within an epoch; "
    "over 30% of one answer's loss (5% where a sound network fails as well) is gone on training rows while validation "
    "never came below one answer's and no more is right there than by chance; or a sound network on scaled rows that "
    "come again does not score 0.02 above "
    "one answer, unless that is right of 80% of the rows (Zhang et al., Understanding deep learning requires "
    "rethinking generalization, 2017: random labels are memorised)",
    example="the rows were shuffled, and their targets were not",
    remedies=(
        Change("align", True, "shuffle rows and targets together"),
        Change("data", True, "look whether the target can be known from these columns"),
    ),
    explains=(
        *(
            "optimisation.plateau",
            "generalisation.overfitting",
            "generalisation.underfitting",
            "signal.constant-output",
        ),
        *(
            "generalisation.stopped-too-late",
            "optimisation.oscillation",
            "signal.dead-units",
            "data.conflicting-labels",
        ),
        *("signal.rank-loss", "signal.collapsed-representation", "optimisation.rate-too-low", "data.leak"),
    ),
    examine=examine,
)
