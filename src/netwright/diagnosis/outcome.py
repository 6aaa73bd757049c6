"""What became of a training, in the few numbers that say whether a symptom hurts."""

import math
import statistics

from netwright.diagnosis.case import Case, Trial

END = 0.1  # share of the steps whose mean loss is the end of a training
BARELY = 0.05  # share of the constant answer's loss below which next to nothing was learnt


def first_loss(case: Case) -> float | None:
    """Return the loss of the first steps."""
    if case.objective.first_loss is not None:
        return case.objective.first_loss
    return case.steps[0].loss if case.steps else None


def final_loss(case: Case) -> float | None:
    """Return the mean training loss of the last tenth of the watched steps; None where none is finite."""
    losses = [step.loss for step in case.steps[-max(3, round(END * len(case.steps))) :]]
    known = [loss for loss in losses if math.isfinite(loss)]
    return statistics.fmean(known) if known and len(known) == len(losses) else None


def learnt(case: Case) -> float | None:
    """Return the share of a constant answer's loss that training took away; below 0 it does worse than that answer."""
    final, constant = final_loss(case), case.objective.constant_loss
    if final is None or constant is None or constant <= 0.0:
        return None
    return 1.0 - final / constant


def barely_learnt(case: Case) -> bool:
    """Whether the network does next to no better than one answer for every row, or its loss is not finite."""
    share = learnt(case)
    if case.lost is not None or (case.steps and final_loss(case) is None):
        return True
    return share is not None and share < BARELY


def falls_behind(case: Case, margin: float = 0.1) -> bool:
    """Whether a probe shows that much more could have been learnt from the same rows in as many steps or fewer."""
    own, best = case.trial("as it is"), best_trial(case)
    if own is None or best is None or best.score is None:
        return False
    return own.score is None or best.score - own.score > max(margin, 2.0 * (own.deviation or 0.0))


def best_trial(case: Case) -> Trial | None:
    """Return the probe with the highest score, the case's own left out."""
    others = [trial for trial in case.trials if trial.name != "as it is" and trial.score is not None]
    return max(others, key=lambda trial: trial.score or -math.inf, default=None)
