"""What watched steps say of each layer, over a window rather than in one step."""

import math
import statistics
from typing import Literal

from netwright.diagnosis.case import Case, Step

LAST = 5  # watched steps at the end that a verdict is taken over
Quantity = Literal["mean", "spread", "saturated", "dead", "delta_norm", "gradient_norm", "weight_norm", "update_ratio"]
Beside = Literal["row_spread", "rank", "zero_gradients"]  # of Step itself, in the order of its layers


def watched(case: Case) -> tuple[Step, ...]:
    """Return the steps whose layers were looked at."""
    return tuple(step for step in case.steps if step.layers is not None)


def values(step: Step, quantity: Quantity | Beside) -> dict[str, float]:
    """Return the quantity of each layer in one step, by name; layers without one are left out."""
    if step.layers is None:
        return {}
    beside = {"row_spread": step.row_spread, "rank": step.rank, "zero_gradients": step.zero_gradients}
    found = beside[quantity] if quantity in beside else getattr(step.layers, quantity)
    pairs = zip(step.layers.names, found, strict=False)
    return {name: value for name, value in pairs if value is not None and math.isfinite(value)}


def at_end(case: Case, quantity: Quantity | Beside, last: int = LAST) -> dict[str, float]:
    """Return the median of each layer's quantity over the last watched steps; nothing where fewer than two are."""
    return _medians([values(step, quantity) for step in watched(case)[-last:]])


def at_start(case: Case, quantity: Quantity | Beside, first: int = LAST) -> dict[str, float]:
    """Return the same over the first watched steps."""
    return _medians([values(step, quantity) for step in watched(case)[:first]])


def over_steps(case: Case, quantity: Quantity | Beside) -> list[float]:
    """Return, for each watched step, the median over the layers."""
    found = [list(values(step, quantity).values()) for step in watched(case)]
    return [statistics.median(row) for row in found if row]


def of_layer(case: Case, quantity: Quantity | Beside, name: str) -> tuple[tuple[float, ...], tuple[float | None, ...]]:
    """Return steps and a layer's values there, for a picture."""
    steps = watched(case)
    return tuple(float(step.step) for step in steps), tuple(values(step, quantity).get(name) for step in steps)


def _medians(rows: list[dict[str, float]]) -> dict[str, float]:
    names = list(dict.fromkeys(name for row in rows for name in row))
    if len(rows) < 2:
        return {}
    return {name: statistics.median([row[name] for row in rows if name in row]) for name in names}
