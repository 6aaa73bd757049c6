"""Summed loss: the step grows with the batch."""

from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.outcome import helps, troubled
from netwright.diagnosis.pictures import loss_picture, trial_picture

PLAIN = ("sgd", "momentum")


def examine(case: Case) -> Sign | None:
    how = case.optimizing
    if case.objective.reduction != "sum" or how.optimizer not in PLAIN or (how.batch_size or 1) < 2:
        return None
    lower = [name for name in ("learning_rate x 0.1", "learning_rate x 0.01") if helps(case, name)]
    if not (lower or troubled(case)):
        return None
    evidence = (
        f"the loss is summed over {how.batch_size} rows: a step is {how.batch_size} times as long as of their mean"
    )
    sketch = trial_picture(case, *lower) or loss_picture(case)
    return Sign(0.9, evidence, {"batch": float(how.batch_size or 0)}, sketch, case.objective.where)


REDUCTION_SUM = Illness(
    code="objective.reduction-sum",
    name="The loss is summed over the batch",
    severity="warning",
    what="The loss of a batch is the sum over its rows, not their mean.",
    why="With SGD the step is then as many times longer as there are rows in it: a rate that is usual for means is "
    "far too high. Adam divides the scale out again.",
    seen='reduction="sum" with SGD on batches of more than one row, where little was learnt or a lower rate scores '
    "higher (Goyal et al., Accurate, large minibatch SGD, 2017, on scale and batch)",
    example='nn.MSELoss(reduction="sum") with SGD at 0.01 on batches of 64',
    remedies=(
        Change("reduction", "mean", "take the mean"),
        Change("learning_rate", 0.01, "divide the learning rate by 100"),
    ),
    examine=examine,
    explains=(
        *("optimisation.rate-too-high", "optimisation.divergence", "optimisation.oscillation", "signal.dead-units"),
        *("mechanics.not-finite-source", "signal.exploding-gradient", "generalisation.underfitting"),
        *("optimisation.plateau", "signal.saturated-units", "optimisation.clipping-always"),
    ),
)
