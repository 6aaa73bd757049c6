"""Non-determinism: the same seed gives another training."""

from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.pictures import bars

MOST = 1e-4


def examine(case: Case) -> Sign | None:
    if case.repeats is None or case.repeats <= MOST:
        return None
    evidence = f"two runs of the same seed differ by {case.repeats:.2g}"
    sketch = bars("Difference of two runs of one seed", "largest difference", {"seen": case.repeats}, (("most", MOST),))
    return Sign(min(1.0, 0.5 + case.repeats), evidence, {"difference": case.repeats}, sketch, hurts=False)


NONDETERMINISM = Illness(
    code="mechanics.nondeterminism",
    name="The same seed gives another training",
    severity="note",
    what="Two runs of the same program with the same seed do not do the same.",
    why="A change cannot be told from chance, and a failure cannot be had again.",
    seen="losses or weights of two runs of one seed differ by more than 0.0001 (Pham et al., Problems and "
    "opportunities in training deep learning software systems: an analysis of variance, 2020)",
    example="NumPy's and Python's own random numbers were not seeded",
    remedies=(
        Change("seed", True, "seed Python, NumPy and PyTorch, and call torch.use_deterministic_algorithms(True)"),
    ),
    examine=examine,
)
