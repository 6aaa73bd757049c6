"""Over-regularised: dropout or decay so strong that learning is undone."""

import statistics

from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.layers import at_end, at_start
from netwright.diagnosis.outcome import gain, helps, learnt, troubled
from netwright.diagnosis.pictures import bars, trial_picture, validation_picture

DROPOUT = 0.7
SHRUNK = 0.3  # of its norm, left of a layer's weights
GAIN = 0.05


def examine(case: Case) -> Sign | None:
    return _dropout(case) or _decay(case)


def _dropout(case: Case) -> Sign | None:
    share, more = case.optimizing.dropout, gain(case, "no dropout")
    if share <= 0.0:
        return None
    if more is not None:
        proven = helps(case, "no dropout", GAIN) and share >= 0.3 and troubled(case)
        evidence = f"dropout silences {share:.0%}; without it a short training scores {more:.2g} higher"
        sketch = trial_picture(case, "no dropout")
        change = Change("dropout", 0.0, "leave the dropout out")
        return Sign(min(1.0, 0.5 + more), evidence, {"dropout": share}, sketch, changes=(change,)) if proven else None
    if share < DROPOUT or (learnt(case) or 1.0) > 0.2 or not troubled(case):
        return None
    return Sign(
        0.6, f"dropout silences {share:.0%}, and little was learnt", {"dropout": share}, validation_picture(case)
    )


def _decay(case: Case) -> Sign | None:
    decay, penalty, more = case.optimizing.weight_decay, case.objective.penalty, gain(case, "no decay")
    change = Change("weight_decay", 0.0, "take no weight decay")
    if penalty > 0.0:
        change = Change("penalty", 0.0, "leave the penalty out of the loss, or divide it by 1,000")
    if max(decay, penalty) > 0.0 and more is not None and helps(case, "no decay", GAIN) and troubled(case):
        what = f"the penalty on the weights, {_share(case):.0%} of the first loss," if penalty else "the weight decay"
        evidence = f"without {what}{'' if penalty else f' of {decay:g}'} a short training scores {more:.2g} higher"
        sketch = trial_picture(case, "no decay")
        return Sign(min(1.0, 0.5 + more), evidence, {"decay": decay, "gain": more}, sketch, changes=(change,))
    return _shrunk(case, change)


def _share(case: Case) -> float:
    return case.objective.penalty / (case.objective.first_loss or 1.0)


def _shrunk(case: Case, change: Change) -> Sign | None:
    before, after = at_start(case, "weight_norm"), at_end(case, "weight_norm")
    kept = {name: after[name] / norm for name, norm in before.items() if norm > 0.0 and name in after}
    decay, penalty = case.optimizing.weight_decay, case.objective.penalty
    if (decay <= 0.0 and penalty <= 0.0) or not kept or not troubled(case):
        return None
    left = statistics.median(kept.values())
    if left > SHRUNK:
        return None
    what = f"weight decay of {decay:g}" if not penalty else f"the penalty, {_share(case):.0%} of the first loss,"
    evidence = f"{what} left {left:.0%} of the weights' norm"
    sketch = bars("What is left of the weights", "norm over its start", kept, (("shrunk below", SHRUNK),))
    return Sign(0.9, evidence, {"left": left, "decay": decay, "penalty": penalty}, sketch, changes=(change,))


OVER_REGULARISED = Illness(
    code="generalisation.over-regularised",
    name="Too strong a regularisation",
    severity="warning",
    what="Dropout, weight decay or a penalty in the loss takes away more than the gradients bring.",
    why="The weights are drawn to 0 faster than they learn, or so few units are left that nothing gets through.",
    seen="little was learnt, and a short training without dropout, or without decay, scores 0.05 higher (without that "
    "trial: dropout of 0.7); or weight decay left less than 30% of the weights' norm (Krogh and Hertz, A simple "
    "weight decay can improve generalization, 1992; UMLAUT, Schoop, Huang and Hartmann 2021: dropout above 0.5)",
    example="weight_decay=1 from a recipe of another optimizer",
    remedies=(
        Change("dropout", 0.0, "leave the dropout out"),
        Change("weight_decay", 0.01, "divide the weight decay by 100"),
    ),
    examine=examine,
    explains=(
        *("generalisation.underfitting", "optimisation.plateau", "signal.constant-output", "optimisation.oscillation"),
        *("signal.collapsed-representation", "signal.vanishing-gradient", "optimisation.too-few-steps"),
        *("signal.rank-loss", "signal.dead-units"),
        "optimisation.optimizer-choice",
    ),
)
