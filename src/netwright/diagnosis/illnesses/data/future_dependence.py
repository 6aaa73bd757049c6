"""Dependence on the future: an answer at time t changes with what comes after t."""

from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.pictures import bars

MOST = 1e-3


def examine(case: Case) -> Sign | None:
    change = case.rows.future_dependence
    if change is None or change <= MOST or case.rows.kind not in ("tokens", "series"):
        return None
    evidence = f"an output at time t changes by {change:.2g} when the inputs after t are others"
    sketch = bars("Change by what comes later", "share of its size", {"seen": change}, (("at most", MOST),), log=True)
    return Sign(min(1.0, 0.7 + change), evidence, {"change": change}, sketch)


FUTURE_DEPENDENCE = Illness(
    code="data.future-dependence",
    name="Answers that know the future",
    severity="error",
    what="What is asked for the next moment is answered with the help of that moment.",
    why="In training the answer is read off; in use the future is not there, and nothing was learnt.",
    seen="an output at time t changes by more than 0.001 of itself when later inputs are replaced, where outputs are "
    "asked for what comes next (Vaswani et al., Attention is all you need, 2017: masking; Karpathy, A recipe for "
    "training neural networks, 2019)",
    example="a language model whose attention has no causal mask",
    remedies=(Change("data", True, "mask what comes after each moment, and shift the targets by one"),),
    examine=examine,
    explains=("data.leak", "generalisation.overfitting"),
)
