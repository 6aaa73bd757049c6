"""What a time budget keeps for the steps after training, planned from what this run has measured of itself."""

import time
from dataclasses import dataclass, field

from netwright.training.evaluation.evaluate import Yardstick
from netwright.training.inference import build_module
from netwright.training.parts import part
from netwright.training.stage import Request, Stage, answers_of

ENDING = 0.4  # processor seconds of the files, the report and the interpreter's end; tables change it little
MARGIN = 1.25  # what was measured once may take longer the next time
SAMPLE = 4096  # rows that a network answers to find out how long it takes
CURVE_FITS = 2.0  # linear models on all training rows that those on the shares of a learning curve are worth


@dataclass(frozen=True)
class Pace:
    """How long a second of work takes on a machine that has other work to do."""

    wall: float = field(default_factory=time.monotonic)
    work: float = field(default_factory=time.thread_time)

    @property
    def seconds(self) -> float:
        """Wall time since the pace was first taken."""
        return time.monotonic() - self.wall

    @property
    def slowdown(self) -> float:
        """Wall time by processor time of this thread; at least 1."""
        return max(1.0, self.seconds / max(time.thread_time() - self.work, 1e-3))


def when_training_ends(stage: Stage, yardstick: Yardstick, request: Request, pace: Pace) -> float | None:
    """Return the deadline of the training, in time.monotonic() seconds; None where there is no budget.

    Args:
        stage: what is about to be trained.
        yardstick: says how long measuring one model takes.
        request: holds the budget.
        pace: taken before the yardstick was made.
    """
    if request.budget is None:
        return None
    after = _answering(stage, len(yardstick.truth)) + yardstick.seconds * _models(stage, len(yardstick.truth))
    if stage.recipe.ensemble.learning_curve:
        after += CURVE_FITS * yardstick.fitted_in.get("linear model", 0.0)
    return request.started + request.budget - MARGIN * after - pace.slowdown * ENDING


def say_shortage(request: Request, ends: float | None, began: float) -> tuple[str, ...]:
    """Say so where nothing of the budget was left for training, which `began` all the same."""
    if ends is None or request.budget is None or began < ends:
        return ()
    after = request.started + request.budget - ends
    return (
        f"the time budget of {request.budget:g} s left none for training: reading, checking and the baselines took "
        f"{began - request.started:.1f} s, and testing and the report need {after:.1f} s; give it "
        f"{2 * (began - request.started + after):.0f} s or more",
    )


def _models(stage: Stage, test: int) -> float:
    """How many times the test rows are measured: the rows of all folds together count as often as they hold them."""
    return 1.0 + sum(stage.parts.sizes) / max(test, 1)


def _answering(stage: Stage, test: int) -> float:
    """Seconds of answers, from a sample of rows that an untrained network answers.

    Each of many networks answers the test rows alone and for the average, and with folds the rows held out.
    """
    sample = part(stage.parts.test, 0, SAMPLE)
    module = build_module(stage.recipe, stage.preparation)
    began = time.monotonic()
    answers_of(module, sample, stage.preparation)
    ensemble, recipes = stage.recipe.ensemble, 1 + len(stage.recipe.contenders)
    once = ensemble.networks == recipes == 1
    rows = test * ensemble.networks * (1 if once else 2) + sum(stage.parts.sizes) * ensemble.members
    rows = recipes * rows + (recipes - 1) * len(stage.parts.validation.numeric)
    return (time.monotonic() - began) * rows / max(len(sample.numeric), 1)
