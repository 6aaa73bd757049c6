"""Symmetric start: units that begin alike stay alike."""

import itertools

from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.outcome import falls_behind, helps, learnt
from netwright.diagnosis.pictures import bars

SHARE = 0.9  # of a layer's units
WELL = 0.5


def examine(case: Case) -> Sign | None:
    start = case.start
    alike = [_alike(case, number) for number in range(len(start.names))]
    both = [start.names[number] for number, pair in enumerate(itertools.pairwise(alike)) if all(pair)]
    if not both:
        return None
    evidence = f"the units of {both[0]} start with the same weights, and so do those that they feed"
    sketch = bars("Units that start like another", "share", dict(zip(start.names, start.same_units, strict=False)))
    hurts = falls_behind(case) or helps(case, "kaiming") or (learnt(case) or 0.0) < WELL
    return Sign(1.0, evidence, {"layers": float(len(both))}, sketch, both[0], hurts=hurts)


def _alike(case: Case, number: int) -> bool:
    """Whether a layer's weights are all one number, or nearly all its units the same."""
    start = case.start
    if number < len(start.same_units) and start.same_units[number] >= SHARE:
        return True
    return start.deviation[number] <= 1e-6 * max(abs(start.mean[number]), 1e-6)


SYMMETRIC_UNITS = Illness(
    code="initialisation.symmetric-units",
    name="Units that start alike",
    severity="error",
    what="All units of a layer start with the same weights, and the layer above treats them alike.",
    why="They get the same gradient at every step and never become different: a layer of a hundred units is one unit; "
    "from weights of 0 even that one never moves.",
    seen="at least 90% of the units of two layers in a row start like another, or all weights are one number; one such "
    "layer alone is broken up by its neighbour, and a last layer of zeros is sound (Goodfellow, Bengio and Courville, "
    "Deep learning, 2016, section 8.4: break symmetry)",
    example="nn.init.constant_(layer.weight, 0.5) for every layer",
    remedies=(
        Change("initialization", "default", "leave the first weights as PyTorch draws them"),
        Change("initialization", "kaiming", "start from Kaiming's random weights"),
        Change("initialization", "xavier", "start from Xavier's random weights"),
    ),
    examine=examine,
    explains=(
        *("optimisation.plateau", "signal.rank-loss", "signal.collapsed-representation", "signal.constant-output"),
        *("generalisation.underfitting", "initialisation.too-small", "initialisation.too-large"),
        *("signal.vanishing-gradient", "architecture.capacity-too-small", "mechanics.without-gradient"),
        *("signal.dead-units", "optimisation.rate-too-low"),
    ),
)
