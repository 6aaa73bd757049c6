"""Turning gradients into new weights: one loop over the flat buffers, with the decay and the clipping in it.

Parameters lie in segments, each with a factor of the rate, a decay and an L1 of its own: see `layout.py`. `shrink` is
1 - eta lambda of decoupled decay, `coupled` the lambda that adds lambda w to the gradient, `scale` the factor of
clipping. The rules are those of training/optimizers.py.
"""

import math

from netwright.training.engines.fused.compiled import inlined, kernel
from netwright.training.engines.fused.muon import orthogonal_step
from netwright.training.engines.fused.table import (
    ADAM,
    DECAY,
    END,
    L1,
    NESTEROV,
    ORTHOGONAL,
    RATE,
    RMSPROP,
    SGD,
    START,
    Memory,
    Pace,
    Program,
    Rule,
)


@inlined
def update(program: Program, memory: Memory, rule: Rule, now: tuple[float, float], step: int, scale: float) -> None:
    """Step along the gradients, segment by segment; `now` is the step's rate, and its factor of the decay."""
    for number in range(program.segments.shape[0]):
        segment = program.segments[number]
        start, end = int(segment[START]), int(segment[END])
        eta, decay = now[0] * segment[RATE], now[1] * segment[DECAY]
        shrink, coupled = (1.0, decay) if rule.coupled else (1.0 - eta * decay, 0.0)
        pace = Pace(start, end, eta, shrink, coupled, scale)
        if segment[ORTHOGONAL] > 0.0:
            orthogonal_step(program, memory, rule, pace)
        else:
            move(memory, rule, pace, step)
        if segment[L1] > 0.0:
            soft_threshold(memory, pace, eta * segment[L1])


@inlined
def move(memory: Memory, rule: Rule, pace: Pace, step: int) -> None:
    if rule.optimizer >= ADAM:
        adam(memory, rule, pace, step)
    elif rule.optimizer == RMSPROP:
        rmsprop(memory, rule, pace)
    elif rule.optimizer == SGD:
        sgd(memory, pace)
    else:
        momentum(memory, rule, pace)


@kernel
def sgd(memory: Memory, pace: Pace) -> None:
    """w <- w - eta g."""
    real = memory.parameters.dtype.type
    w, g = memory.parameters[pace.start : pace.end], memory.gradients[pace.start : pace.end]
    rate, shrink, coupled, scale = real(pace.rate), real(pace.shrink), real(pace.coupled), real(pace.scale)
    for i in range(w.size):
        w[i] = shrink * w[i] - rate * (scale * g[i] + coupled * w[i])


@kernel
def momentum(memory: Memory, rule: Rule, pace: Pace) -> None:
    """v <- beta v + g; w <- w - eta v, or Nesterov's w - eta (g + beta v)."""
    real = memory.parameters.dtype.type
    w, g = memory.parameters[pace.start : pace.end], memory.gradients[pace.start : pace.end]
    v, beta = memory.first[pace.start : pace.end], real(rule.momentum)
    rate, shrink, coupled, scale = real(pace.rate), real(pace.shrink), real(pace.coupled), real(pace.scale)
    ahead, along = (real(1), beta) if rule.optimizer == NESTEROV else (real(0), real(1))
    for i in range(w.size):
        gradient = scale * g[i] + coupled * w[i]
        velocity = beta * v[i] + gradient
        v[i] = velocity
        w[i] = shrink * w[i] - rate * (ahead * gradient + along * velocity)


@kernel
def rmsprop(memory: Memory, rule: Rule, pace: Pace) -> None:
    """s <- rho s + (1 - rho) g^2; w <- w - eta g / (sqrt(s) + epsilon)."""
    real = memory.parameters.dtype.type
    w, g = memory.parameters[pace.start : pace.end], memory.gradients[pace.start : pace.end]
    s, rho, rest, epsilon = memory.second[pace.start : pace.end], real(rule.rho), real(1 - rule.rho), real(rule.epsilon)
    rate, shrink, coupled, scale = real(pace.rate), real(pace.shrink), real(pace.coupled), real(pace.scale)
    for i in range(w.size):
        gradient = scale * g[i] + coupled * w[i]
        square = rho * s[i] + rest * gradient * gradient
        s[i] = square
        w[i] = shrink * w[i] - rate * gradient / (math.sqrt(square) + epsilon)


@kernel
def adam(memory: Memory, rule: Rule, pace: Pace, step: int) -> None:
    """m <- b1 m + (1 - b1) g; v <- b2 v + (1 - b2) g^2; w <- w - eta m' / (sqrt(v') + epsilon), both unbiased."""
    real = memory.parameters.dtype.type
    w, g = memory.parameters[pace.start : pace.end], memory.gradients[pace.start : pace.end]
    m, v = memory.first[pace.start : pace.end], memory.second[pace.start : pace.end]
    shrink, coupled, scale = real(pace.shrink), real(pace.coupled), real(pace.scale)
    b1, b2, r1, r2 = real(rule.beta1), real(rule.beta2), real(1 - rule.beta1), real(1 - rule.beta2)
    rate = real(pace.rate / (1.0 - rule.beta1**step))
    root, epsilon = real(1.0 / math.sqrt(1.0 - rule.beta2**step)), real(rule.epsilon)
    for i in range(w.size):
        gradient = scale * g[i] + coupled * w[i]
        mean = b1 * m[i] + r1 * gradient
        square = b2 * v[i] + r2 * gradient * gradient
        m[i] = mean
        v[i] = square
        w[i] = shrink * w[i] - rate * mean / (math.sqrt(square) * root + epsilon)


@kernel
def soft_threshold(memory: Memory, pace: Pace, strength: float) -> None:
    """w <- sign(w) max(|w| - strength, 0)."""
    w = memory.parameters[pace.start : pace.end]
    limit, zero = w.dtype.type(strength), w.dtype.type(0)
    for i in range(w.size):
        w[i] = w[i] - limit if w[i] > limit else (w[i] + limit if w[i] < -limit else zero)
