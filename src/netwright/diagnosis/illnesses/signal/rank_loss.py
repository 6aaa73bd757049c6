"""Rank loss: the units of a layer all say the same thing."""

from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.layers import at_end, at_start
from netwright.diagnosis.outcome import troubled
from netwright.diagnosis.pictures import bars

LEAST = 0.05  # effective rank over the least of rows and units
FALL = 0.3  # of what it was at the start


def examine(case: Case) -> Sign | None:
    ranks, before = at_end(case, "rank"), at_start(case, "rank")
    inner = {name: rank for name, rank in list(ranks.items())[:-1] if rank < FALL * before.get(name, 0.0)}
    worst = min(inner, key=lambda name: inner[name], default="")
    if not worst or inner[worst] >= LEAST or not troubled(case):
        return None
    evidence = f"the effective rank of {worst} fell from {before[worst]:.3f} to {inner[worst]:.3f} of the largest"
    sketch = bars("Directions that a layer uses", "effective rank, share", ranks, (("lost below", LEAST),))
    return Sign(1.0 - inner[worst] / LEAST, evidence, {"rank": inner[worst], "start": before[worst]}, sketch, worst)


RANK_LOSS = Illness(
    code="signal.rank-loss",
    name="Rank loss",
    severity="warning",
    what="The units of a hidden layer move together: its many numbers carry only one or two.",
    why="A layer of a hundred units that all say the same has the capacity of one unit.",
    seen="effective rank (exponential of the entropy of the singular values, Roy and Vetterli, The effective rank, "
    "2007) below 0.05 of the largest possible and below 0.3 of its start, where little was learnt; a trained "
    "classifier's last layer also has a low rank, which is why it counts only there (Papyan, Han and Donoho, 2020)",
    example="a rate so high that one direction of the gradient has swallowed all others",
    remedies=(
        Change("learning_rate", 0.1, "divide the learning rate by 10"),
        Change("normalization", "batch", "normalise before each activation"),
        Change("initialization", "orthogonal", "start from orthogonal weights"),
    ),
    examine=examine,
    explains=("signal.constant-output", "generalisation.underfitting", "optimisation.plateau"),
)
