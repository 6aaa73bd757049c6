"""Targets without relation to their rows: what is learnt of the training rows holds for no other."""

from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.outcome import learnt
from netwright.diagnosis.pictures import loss_picture, trial_picture, validation_picture
from netwright.diagnosis.trends import validation_losses

MEMORISED = 0.3  # of one answer's loss, gone on training rows
CLOSE = 0.02  # a score, to that of one answer
ROWS = 100


def examine(case: Case) -> Sign | None:
    return _memorised(case) or _unlearnable(case)


def _memorised(case: Case) -> Sign | None:
    """Training falls and validation was never below what one answer reaches."""
    losses, constant, share = validation_losses(case), case.objective.constant_loss, learnt(case)
    drifted = case.rows.drift is not None and case.rows.drift > 0.75
    if len(losses) < 3 or not constant or share is None or share < MEMORISED or drifted:
        return None
    if min(losses) < 0.99 * constant or case.rows.seen < ROWS:
        return None
    evidence = (
        f"{share:.0%} of one answer's loss is learnt on training rows; on validation rows it was never below "
        f"{min(losses):.4g}, and one answer reaches {constant:.4g}"
    )
    numbers = {"learnt": share, "least validation": min(losses), "one answer": constant}
    return Sign(0.9, evidence, numbers, validation_picture(case))


def _unlearnable(case: Case) -> Sign | None:
    """A sound network on scaled rows does no better than one answer."""
    reference = case.trial("reference")
    base = max(case.objective.shares, default=0.0) if case.objective.task != "values" else 0.0
    scores = [trial.score for trial in case.trials if trial.score is not None and trial.name != "one batch"]
    if reference is None or reference.score is None or max(scores) > base + CLOSE or case.rows.seen < ROWS:
        return None
    if case.objective.target_deviation == 0.0 or (learnt(case) or 0.0) > 0.05:
        return None
    evidence = f"a sound network on scaled rows scores {reference.score:.2f}, and one answer for every row {base:.2f}"
    sketch = trial_picture(case, "reference") or loss_picture(case)
    return Sign(0.8, evidence, {"reference": reference.score, "one answer": base}, sketch)


SHUFFLED_TARGETS = Illness(
    code="data.shuffled-targets",
    name="Targets without relation to the rows",
    severity="warning",
    what="Nothing in the rows says what their targets are.",
    why="The network can learn rows by heart, and of new ones it knows no more than before.",
    seen="over 30% of one answer's loss is gone on training rows while the validation loss never came below one "
    "answer's; or a sound network on scaled rows does not score 0.02 above one answer (Zhang et al., Understanding "
    "deep learning requires rethinking generalization, 2017: random labels are memorised)",
    example="the rows were shuffled, and their targets were not",
    remedies=(
        Change("align", True, "shuffle rows and targets together"),
        Change("data", True, "look whether the target can be known from these columns"),
    ),
    examine=examine,
    explains=(
        *(
            "optimisation.plateau",
            "generalisation.overfitting",
            "generalisation.underfitting",
            "signal.constant-output",
        ),
        *("generalisation.stopped-too-late", "optimisation.oscillation", "signal.dead-units"),
    ),
)
