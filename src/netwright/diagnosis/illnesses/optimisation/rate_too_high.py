"""Learning rate too high: steps so long that they land above where they began."""

import math
import statistics

from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.layers import over_steps
from netwright.diagnosis.outcome import (
    barely_learnt,
    best_of,
    falls_behind,
    final_loss,
    first_loss,
    helps,
    overflowed,
    refuted,
)
from netwright.diagnosis.pictures import loss_picture, trial_picture

LARGE = 0.1  # median update over weight norm
THROWN = 1.0  # one step's update as large as the weights themselves
GAIN = 0.05
RISEN = 1.5  # times the first loss


def examine(case: Case) -> Sign | None:
    ratio = _early_ratio(case)
    best = best_of(case, "learning_rate", above=False)
    lost = overflowed(case)
    if case.trial("as it is") is not None and best is not None:
        found = _tried(case, best, ratio)
        slower = case.trial("learning_rate x 0.01")
        if found is not None or (slower and slower.loss is not None and refuted(case, slower.name)):
            return found
    if lost and (_lost_as_well(case) or _lost_in_calm(case)):
        return None
    ratio = _thrown(case) or ratio
    if ratio is None or ratio < LARGE or not (lost or _worse(case) or (ratio > THROWN and barely_learnt(case))):
        return None
    outcome = "numbers stopped being finite" if lost else f"the loss ended at {final_loss(case):.3g}"
    evidence = f"a step moves the weights by up to {ratio:.2g} of their norm, and {outcome}"
    return Sign(min(1.0, 0.5 + ratio / 4.0), evidence, {"update ratio": ratio}, loss_picture(case))


def _lost_as_well(case: Case) -> bool:
    """Whether lower rates were tried and end in numbers that are not finite, too."""
    lower = [trial for trial in case.trials if trial.name in ("learning_rate x 0.1", "learning_rate x 0.01")]
    return bool(lower) and all(trial.loss is None for trial in lower)


def _lost_in_calm(case: Case) -> bool:
    """Whether a gradient was the first that was not finite, with a loss no higher than at first: the fault is its."""
    known = [step.loss for step in case.steps if math.isfinite(step.loss)]
    calm = len(known) > 1 and max(known) < RISEN * known[0]
    return calm and case.lost is not None and case.lost.what == "gradient"


def _early_ratio(case: Case) -> float | None:
    """Return the typical update over weight norm in the first steps, before units die and stop all updates."""
    ratios = over_steps(case, "update_ratio")
    return statistics.median(sorted(ratios[: max(5, len(ratios) // 10)])[-5:]) if ratios else None


def _thrown(case: Case) -> float | None:
    """Return the largest update of the early steps, where it is as large as the weights: one such step is enough."""
    ratios = over_steps(case, "update_ratio")
    largest = max(ratios[: max(5, len(ratios) // 4)], default=0.0)
    return largest if largest > THROWN else None


def _worse(case: Case) -> bool:
    """Whether the loss ended above that of one answer for every row; where that is unknown, above its start."""
    final, first = final_loss(case), first_loss(case)
    limit = case.objective.constant_loss or first
    if final is None or limit is None or limit <= 0.0:
        return False
    return final > 1.05 * limit and final > 0.5 * (first or limit)


def _tried(case: Case, best: tuple[float, float], ratio: float | None) -> Sign | None:
    factor, more = best
    name = f"learning_rate x {factor:g}"
    worth = barely_learnt(case) or falls_behind(case) or _worse(case)
    own = case.trial("as it is")
    finite = own is not None and own.loss is None and (case.trial(name) or own).loss is not None
    if not (helps(case, name, GAIN) or finite) or not worth:
        return None
    rival = best_of(case, "learning_rate", above=True)
    if rival is not None and rival[1] > more:
        return None
    evidence = f"with {factor:g} times the learning rate a short training from the same start scores {more:.2g} higher"
    evidence += "; as it is, its numbers are not finite" if finite else ""
    numbers = {"gain": more, "factor": factor, **({} if ratio is None or not math.isfinite(ratio) else {"r": ratio})}
    change = Change("learning_rate", factor, f"multiply the learning rate by {factor:g}")
    picture = trial_picture(case, name) or loss_picture(case)
    return Sign(1.0 if finite else min(1.0, 0.6 + more), evidence, numbers, picture, changes=(change,))


RATE_TOO_HIGH = Illness(
    code="optimisation.rate-too-high",
    name="Learning rate too high",
    severity="error",
    what="Each step is longer than the stretch over which its gradient is true.",
    why="Beyond 2 / curvature a step of gradient descent climbs instead of descending: the loss swings, grows, or one "
    "step throws all units to where they are dead.",
    seen="a short training at 0.1 or 0.01 of the rate scores 0.05 higher, or stays finite where this one does not; "
    "without such trials: updates above 0.1 of the weights' norm (usual is 0.001; TheDeepChecker, Ben Braiek and "
    "Khomh 2022: log10 within -4 and -1) with a loss above its start or above one answer's (Bengio, Practical "
    "recommendations for gradient-based training of deep architectures, 2012)",
    example="SGD at 0.1 with squared errors of prices in thousands",
    remedies=(
        Change("learning_rate", 0.1, "divide the learning rate by 10"),
        Change("learning_rate", 0.01, "divide it by 100"),
        Change("optimizer", "adam", "take Adam, whose steps do not grow with the gradient"),
        Change("clip_norm", 1.0, "clip the gradient's norm at 1"),
    ),
    examine=examine,
    explains=(
        *("optimisation.divergence", "optimisation.oscillation", "optimisation.plateau", "signal.dead-units"),
        *("signal.saturated-units", "signal.exploding-gradient", "signal.rank-loss", "signal.constant-output"),
        *("mechanics.not-finite-source", "generalisation.underfitting", "signal.collapsed-representation"),
        "optimisation.optimizer-choice",
    ),
)
