"""What became of a training, in the few numbers that say whether a symptom hurts."""

import math
import statistics

from netwright.diagnosis.case import Case, Trial

END = 0.1  # share of the steps whose mean loss is the end of a training
LAST = 10  # watched steps whose accuracy is that of the end
SHORT = 0.5  # share of the training's steps
WELL = 0.9  # share of the constant answer's loss that a training took away which did well
LARGE = 0.2  # gain of a probe that counts even then
UNLIKE = ("as it is", "one batch", "epochs x 4")
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
    return overflowed(case) or (share is not None and share < BARELY)


def overflowed(case: Case) -> bool:
    """Whether numbers stopped being finite; losses that were never known are no sign of it."""
    seen = any(math.isfinite(step.loss) for step in case.steps)
    return case.lost is not None or (seen and final_loss(case) is None)


def falls_behind(case: Case, margin: float = 0.1) -> bool:
    """Whether a probe shows that much more could have been learnt from the same rows in as many steps or fewer."""
    own, best = case.trial("as it is"), best_trial(case)
    if own is None or best is None or best.score is None:
        return False
    return own.score is None or _floored(best) - _own(case, own) > _beyond_chance(case, own, margin)


def best_trial(case: Case) -> Trial | None:
    """Return the probe with the highest score; the case's own, and those on other rows or for longer, left out."""
    others = [trial for trial in case.trials if trial.name not in UNLIKE and trial.score is not None]
    return max(others, key=_score, default=None)


def troubled(case: Case) -> bool:
    """Whether anything is wrong with what came of the training, so that a symptom may count."""
    return barely_learnt(case) or falls_behind(case)


def gain(case: Case, name: str) -> float | None:
    """Return how much higher the score was in the probe of this name than as it is; None where it was not tried.

    A score below 0, worse than one answer for every row, counts as 0: what learns nothing is no gain. What the whole
    training reached counts where that is more than its own probe did.
    """
    own, other = case.trial("as it is"), case.trial(name)
    if own is None or other is None:
        return None
    return _floored(other) - _own(case, own)


def helps(case: Case, name: str, margin: float = 0.05) -> bool:
    """Whether the probe of this name did better than as it is, by more than the margin and than chance."""
    own, more = case.trial("as it is"), gain(case, name)
    return own is not None and more is not None and more > _beyond_chance(case, own, margin)


def _beyond_chance(case: Case, own: Trial, margin: float) -> float:
    """Return what a gain has to exceed: more where probes are far shorter than the training, or that did well.

    A short training likes high rates and many steps an epoch, which says little of a long one.
    """
    short = own.steps < SHORT * case.optimizing.steps
    well = (learnt(case) or 0.0) > WELL
    return max(margin * (2.0 if short else 1.0), LARGE if well else 0.0, 2.0 * (own.deviation or 0.0))


def refuted(case: Case, name: str, margin: float = 0.02) -> bool:
    """Whether the probe of this name was made and did no better: the change that it tried is no remedy.

    Where no single change helps and a sound training does, several things are wrong, and this says nothing; nor does it
    where probes are far shorter than the training.
    """
    more, own = gain(case, name), case.trial("as it is")
    if more is None or own is None or own.steps < SHORT * case.optimizing.steps:
        return False
    return more < margin and not tangled(case)


def tangled(case: Case) -> bool:
    """Whether a sound training of the same rows does much better, and no single change does: several are needed."""
    single = [trial.name for trial in case.trials if trial.name not in (*UNLIKE, "reference")]
    return helps(case, "reference", 0.15) and not any(helps(case, name) for name in single)


def best_of(case: Case, prefix: str, above: bool) -> tuple[float, float] | None:
    """Return factor and gain of the best probe "PREFIX x FACTOR", of the factors above 1 or those below."""
    tried = {_factor(trial.name): gain(case, trial.name) for trial in case.trials if trial.name.startswith(prefix)}
    gains = {factor: more for factor, more in tried.items() if more is not None and (factor > 1.0) == above}
    best = max(gains, key=lambda factor: gains[factor], default=None)
    return None if best is None else (best, gains[best])


def _factor(name: str) -> float:
    return float(name.split(" x ")[1]) if " x " in name else 1.0


def _score(trial: Trial) -> float:
    return -math.inf if trial.score is None else trial.score


def reached(case: Case) -> float | None:
    """Return the score that the training itself ended with, on its own rows: accuracy, or 1 - error / variance."""
    known = [step.accuracy for step in case.steps if step.accuracy is not None]
    if known and case.objective.task != "values":
        return statistics.fmean(known[-LAST:])
    return learnt(case) if case.objective.loss == "mse" and case.objective.task == "values" else None


def _own(case: Case, own: Trial) -> float:
    return max(_floored(own), reached(case) or 0.0)


def _floored(trial: Trial) -> float:
    return max(0.0, _score(trial))
