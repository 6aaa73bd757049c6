"""What is done to gradients before, and to averages after, the optimizer's step."""

import math

from netwright.training.engines.fused.compiled import kernel
from netwright.training.engines.fused.table import Array, Memory, Rule

TINY = 1e-6  # added to a norm before dividing by it


@kernel
def norm_of(gradients: Array) -> float:
    """|g| over all trained parameters taken as one vector."""
    total = gradients.dtype.type(0)
    for i in range(gradients.size):
        total += gradients[i] * gradients[i]
    return math.sqrt(total)


@kernel
def limit_gradients(memory: Memory, rule: Rule, measured: bool) -> tuple[float, float]:
    """Clip by value; return |g| before clipping (0 unless needed) and the factor that clips by norm, NaN for none."""
    gradients, norm = memory.gradients[: rule.trained], 0.0
    if measured or rule.clip_norm > 0.0:
        norm = float(norm_of(gradients))
    if rule.clip_value > 0.0:
        clip_by_value(gradients, rule.clip_value)
    if rule.clip_norm == 0.0:
        return norm, 1.0
    after = float(norm_of(gradients)) if rule.clip_value > 0.0 else norm
    factor = rule.clip_norm / (after + TINY)
    if not math.isfinite(after):
        return norm, math.nan
    return norm, 1.0 if factor > 1.0 else factor


@kernel
def clip_by_value(gradients: Array, limit: float) -> None:
    """g <- min(max(g, -limit), limit)."""
    high, low = gradients.dtype.type(limit), gradients.dtype.type(-limit)
    for i in range(gradients.size):
        g = gradients[i]
        gradients[i] = high if g > high else (low if g < low else g)


@kernel
def update_average(memory: Memory, decay: float, step: int) -> None:
    """a <- a + (w - a) (1 - d) / (1 - d^t)."""
    share = memory.average.dtype.type((1.0 - decay) / (1.0 - decay**step))
    for i in range(memory.average.size):
        memory.average[i] += share * (memory.parameters[i] - memory.average[i])
