"""Unscaled inputs: features whose numbers are far from 1, or far from each other."""

from netwright.core.findings import Sketch
from netwright.diagnosis.case import Case, Rows
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.outcome import gain, helps, learnt, refuted, troubled
from netwright.diagnosis.pictures import bars, trial_picture
from netwright.diagnosis.structure import inside

LARGE = 10.0  # mean or deviation of a feature
SMALL = 0.01  # largest deviation
SPREAD = 100.0  # between the features' deviations
SHOWN = 20


def examine(case: Case) -> Sign | None:
    said, factor = _unscaled(case.rows)
    first = next((op for op in inside(case) if op.from_data), None)
    if not said or case.rows.kind == "tokens" or (first is not None and first.kind in ("normalization", "embedding")):
        return None
    more, proven = gain(case, "scaled inputs"), helps(case, "scaled inputs")
    if refuted(case, "scaled inputs") or not (proven or troubled(case) or (learnt(case) or 1.0) < 0.0):
        return None
    sketch = trial_picture(case, "scaled inputs") or _sketch(case.rows)
    evidence = said + (f"; scaled, a short training scores {more:.2g} higher" if proven else "")
    numbers = {"factor": factor, **({} if more is None else {"gain": more})}
    return Sign(min(1.0, 0.6 + (more or 0.0)) if proven else 0.7, evidence, numbers, sketch)


def _unscaled(rows: Rows) -> tuple[str, float]:
    """Return what is out of scale, and how far."""
    varying = [deviation for deviation in rows.deviations if deviation > 0.0]
    if not varying:
        return "", 0.0
    size = max([*map(abs, rows.means), *varying])
    if size > LARGE:
        return f"features have means or deviations of up to {size:.4g}", size
    if max(varying) < SMALL and size < 10.0 * SMALL:
        return f"no feature deviates by more than {max(varying):.2g}", 1.0 / max(varying)
    ordered = sorted(varying)
    ratio = max(varying) / ordered[len(ordered) // 10]  # nearly constant features, such as border pixels, are common
    numbers = rows.kind != "images" and len(varying) > 1 and max(varying) > 1.0
    return (f"the features' deviations differ {ratio:.4g}-fold", ratio) if numbers and ratio > SPREAD else ("", 0.0)


def _sketch(rows: Rows) -> Sketch:
    heights = {str(number): deviation for number, deviation in enumerate(rows.deviations[:SHOWN])}
    return bars("Deviation of each feature", "deviation", heights, (("large above", LARGE),), log=True)


UNSCALED_INPUTS = Illness(
    code="data.unscaled-inputs",
    name="Inputs out of scale",
    severity="error",
    what="The features' numbers are in the hundreds, or one feature's are a thousand times another's.",
    why="The first layer's results are as large as its inputs: sigmoids saturate, ReLUs are thrown shut by one step, "
    "and no single learning rate suits both a feature of 0.1 and one of 1000.",
    seen="a feature's mean or deviation above 10, all deviations below 0.01, or deviations that differ 100-fold, where "
    "little was learnt or scaled rows score 0.05 higher; not where the first operation normalises (LeCun, Bottou, Orr "
    "and Mueller, Efficient BackProp, 1998; UMLAUT, Schoop, Huang and Hartmann 2021: beyond -1 to 1)",
    example="pixels from 0 to 255, or incomes beside ages",
    remedies=(
        Change("scale_inputs", True, "bring each feature to mean 0 and deviation 1"),
        Change("normalization", "batch", "begin with a batch norm"),
    ),
    examine=examine,
    explains=(
        *("signal.saturated-units", "signal.dead-units", "optimisation.divergence", "mechanics.not-finite-source"),
        *("signal.exploding-gradient", "optimisation.plateau", "optimisation.oscillation", "signal.constant-output"),
        *("generalisation.underfitting", "signal.vanishing-gradient", "signal.collapsed-representation"),
        *("signal.rank-loss", "optimisation.too-few-steps", "architecture.normalization-missing"),
    ),
)
