"""Learning rate too low: the weights hardly leave where they began."""

import math
import statistics

from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.layers import over_steps
from netwright.diagnosis.outcome import best_of, gain, helps, learnt, tangled
from netwright.diagnosis.pictures import loss_picture, trial_picture
from netwright.diagnosis.trends import late_fall

SMALL = 1e-3  # median update over weight norm
TINY = 1e-5
MOVED = 0.1  # of the norm, over all steps
LITTLE = 0.2  # share of one answer's loss that was taken away
GAIN = 0.05
FEW, CLEARLY = 2, 0.1  # steps an epoch; of a score
HALF = 0.5  # share of one answer's loss that was taken away


def examine(case: Case) -> Sign | None:
    best = best_of(case, "learning_rate", above=True)
    ratios = over_steps(case, "update_ratio")
    ratio = statistics.median(ratios) if ratios else None
    if case.trial("as it is") is not None and best is not None:
        found = _tried(case, best, ratio)
        if found is not None or not (tangled(case) or helps(case, "adam")):
            return found
    share = learnt(case)
    still = ratio is not None and 0.0 < ratio <= max(ratios) < SMALL and case.optimizing.steps * ratio < MOVED
    most = HALF if ratio is not None and ratio < TINY else LITTLE
    if not still or share is None or share > most or late_fall(case) < 0.0:
        return None
    evidence = f"a step moves the weights by {ratio:.1e} of their norm: over all steps less than a tenth of it"
    return Sign(0.8, evidence, {"update ratio": ratio or 0.0}, loss_picture(case))


def _by_smaller_batches(case: Case) -> float:
    """Return what smaller batches brought where nearly all rows are one, less what is no more than their being many."""
    few = (case.optimizing.steps_per_epoch or math.inf) <= FEW
    return (gain(case, "batch_size x 0.1") or 0.0) - CLEARLY if few else 0.0


def _tried(case: Case, best: tuple[float, float], ratio: float | None) -> Sign | None:
    factor, more = best
    name = f"learning_rate x {factor:g}"
    lower = best_of(case, "learning_rate", above=False)
    if not helps(case, name, GAIN) or (lower is not None and lower[1] >= more) or _by_smaller_batches(case) > more:
        return None
    evidence = f"with {factor:g} times the learning rate a short training from the same start scores {more:.2g} higher"
    numbers = {"gain": more, "factor": factor, **({} if ratio is None else {"update ratio": ratio})}
    if ratio is not None:
        evidence += f"; a step moves the weights by {ratio:.1e} of their norm"
    change = Change("learning_rate", factor, f"multiply the learning rate by {factor:g}")
    return Sign(min(1.0, 0.5 + more), evidence, numbers, trial_picture(case, name), changes=(change,))


RATE_TOO_LOW = Illness(
    code="optimisation.rate-too-low",
    name="Learning rate too low",
    severity="warning",
    what="Steps so short that the weights stay about where they started.",
    why="What could be learnt in one epoch takes a hundred, and most trainings end long before.",
    seen="a short training at 10 or 100 times the rate scores 0.05 higher, and where one or two batches are all rows, "
    "smaller ones do not bring 0.1 more yet; without such trials: all updates below 0.001 of the weights' norm and "
    "less than a tenth of it over all steps, with 80% of one answer's loss left, or half of it where updates are below "
    "1e-5, also where no rate tried helps and Adam does (TheDeepChecker, Ben Braiek and Khomh 2022: log10 within -4 "
    "and -1)",
    example="SGD at 0.001 from a recipe for Adam, for 20 epochs of a small table",
    remedies=(
        Change("learning_rate", 10.0, "multiply the learning rate by 10"),
        Change("learning_rate", 100.0, "multiply it by 100"),
        Change("optimizer", "adam", "take Adam at 0.001"),
        Change("epochs", 4.0, "train four times as long"),
    ),
    examine=examine,
    explains=(
        *("optimisation.plateau", "optimisation.too-few-steps", "generalisation.underfitting"),
        *("signal.constant-output", "optimisation.batch-too-large", "generalisation.stopped-too-early"),
        "optimisation.optimizer-choice",
    ),
)
