"""Turning gradients into new weights: one loop over the flat buffers, with the decay and the clipping in it.

`shrink` is 1 - eta lambda of decoupled decay, `coupled` the lambda that adds lambda w to the gradient, `scale` the
factor of clipping. The rules are those of training/optimizers.py.
"""

import math
from typing import NamedTuple

from netwright.training.engines.fused.compiled import inlined, kernel
from netwright.training.engines.fused.muon import orthogonal_step
from netwright.training.engines.fused.table import ADAM, NESTEROV, RMSPROP, SGD, Memory, Program, Rule


class Pace(NamedTuple):
    """One step's factors, for one stretch of the flat buffers."""

    start: int
    end: int
    rate: float
    shrink: float
    coupled: float
    scale: float


@inlined
def update(program: Program, memory: Memory, rule: Rule, rate: float, step: int, scale: float) -> None:
    """Step along the gradients: matrices with their decay, then vectors without."""
    shrink = 1.0 if rule.coupled else 1.0 - rate * rule.decay
    coupled = rule.decay if rule.coupled else 0.0
    if rule.hidden > 0:
        orthogonal_step(program, memory, rule, (rate, shrink, coupled, scale))
    move(memory, rule, Pace(rule.hidden, rule.decayed, rate, shrink, coupled, scale), step)
    move(memory, rule, Pace(rule.decayed, rule.trained, rate, 1.0, 0.0, scale), step)
    if rule.l1 > 0.0:
        soft_threshold(memory, rule.decayed, rate * rule.l1)


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
def soft_threshold(memory: Memory, end: int, strength: float) -> None:
    """w <- sign(w) max(|w| - strength, 0)."""
    w = memory.parameters[:end]
    limit, zero = w.dtype.type(strength), w.dtype.type(0)
    for i in range(w.size):
        w[i] = w[i] - limit if w[i] > limit else (w[i] + limit if w[i] < -limit else zero)
