"""Optimizer: another one learns, from the same start, what this one does not at any rate."""

from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.outcome import best_of, final_loss, gain, helps, learnt
from netwright.diagnosis.pictures import loss_picture, trial_picture

MARGIN = 0.05
ABOUT = 0.7  # of Adam's gain: another rate that brings as much is the remedy
ADAPTIVE = ("adam", "adamw", "nadam", "radam", "amsgrad")
SLOW = ("adadelta", "adagrad")
BEGUN = 50  # steps; after fewer, more of them are what any optimizer needs first


def examine(case: Case) -> Sign | None:
    how = case.optimizing
    more = gain(case, "adam")
    if not how.optimizer or how.optimizer in ADAPTIVE or final_loss(case) is None or 0 < how.steps < BEGUN:
        return None
    if more is None:
        return _untried(case)
    rates = [gain(case, trial.name) or 0.0 for trial in case.trials if trial.name.startswith("learning_rate")]
    still = best_of(case, "learning_rate", above=True)
    higher = still is not None and still[0] >= 100.0 and still[1] > MARGIN  # its right rate may lie beyond
    if not helps(case, "adam") or max(rates, default=0.0) > min(more - MARGIN, ABOUT * more) or higher:
        return None
    evidence = f"with Adam a short training from the same start scores {more:.2g} higher"
    evidence += f"; {how.optimizer} at other rates {max(rates):.2g}" if rates else ""
    return Sign(min(1.0, 0.5 + more), evidence, {"gain": more}, trial_picture(case, "adam"))


def _untried(case: Case) -> Sign | None:
    how = case.optimizing
    slow = how.optimizer in SLOW and (how.learning_rate or 0.0) <= 1e-3 and (learnt(case) or 0.0) < 0.3
    if not slow or not case.steps or learnt(case) is None:
        return None
    evidence = f"{how.optimizer} at {how.learning_rate:g}, of which {learnt(case):.0%} of one answer's loss was learnt"
    return Sign(0.6, evidence, {"rate": how.learning_rate or 0.0}, loss_picture(case))


OPTIMIZER_CHOICE = Illness(
    code="optimisation.optimizer-choice",
    name="Another optimizer would learn it",
    severity="warning",
    what="The optimizer's steps do not fit this loss's slopes: some far too long, some far too short.",
    why="Where the slope differs a thousandfold between weights, one rate for all is wrong for most of them.",
    seen="a short training with Adam scores 0.05 higher, and this optimizer at 0.01 to 100 times its rate gains less "
    "than 0.7 of that, where 100 times is not the best of these; without trials: Adadelta or Adagrad at no more than "
    "0.001 with 70% of one answer's loss left; never after fewer than 50 steps (Kingma and Ba, Adam: a "
    "method for stochastic optimization, 2015; Zeiler, ADADELTA, 2012, is written for a rate of 1)",
    example="Adadelta at 0.001, a rate that was meant for others",
    remedies=(
        Change("optimizer", "adam", "take Adam at 0.001"),
        Change("optimizer", "momentum", "take SGD with momentum 0.9"),
        Change("learning_rate", 100.0, "multiply the learning rate by 100"),
    ),
    examine=examine,
    explains=(
        *("optimisation.plateau", "optimisation.too-few-steps"),
        *("generalisation.underfitting", "optimisation.batch-too-large"),
    ),
)
