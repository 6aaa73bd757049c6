"""a <- a m, m the mask: 0 with probability p, else `factor` (1 / (1 - p) inverted, 1 classic).

Chance is a function of (seed, step, micro-batch, layer, element) and of nothing else: it can be asked again anywhere,
in any order, by any thread. One 32-bit hash serves two elements, half a buffer apart, with 16 bits each.
"""

from typing import Any

import numpy as np

from netwright.training.engines.fused.compiled import kernel
from netwright.training.engines.fused.flat import fill, multiply, vector
from netwright.training.engines.fused.table import (
    FUNCTION,
    KEPT,
    LAYER,
    OUTPUT,
    TIMES,
    WIDTH_OUT,
    A,
    Array,
    B,
    Memory,
    Window,
    Word,
)

CHANCES = 65536  # of 16 bits
WORD: Any = np.uint32
LONG: Any = np.uint64
LOW_BITS, HALF_A_WORD = WORD(0xFFFF), WORD(16)
Halves = tuple[Array, Array]


@kernel
def forward(op: Array, numbers: Array, memory: Memory, window: Window, chance: tuple[int, float]) -> None:
    """Mask the values, and what the backward pass multiplies by: f'(z) of the activation below, or else ones.

    `chance` is the seed, and the step's factor of the share silenced.
    """
    size = window.rows * op[TIMES] * op[WIDTH_OUT]
    values, kept = vector(memory.values, op[OUTPUT], size), vector(memory.kept, op[KEPT], size)
    if not op[FUNCTION]:
        fill(kept, 1.0)
    start, keep = stream(chance[0], window.step, window.part, op[LAYER]), 1.0 - numbers[A] * chance[1]
    mask(values, kept, start, round(keep * CHANCES), 1.0 / keep if numbers[B] > 0.0 else 1.0)


@kernel
def backward(op: Array, memory: Memory, rows: int) -> None:
    """delta <- delta m, unless the activation below multiplies by m f'(z) at once."""
    if op[FUNCTION]:
        return
    size = rows * op[WIDTH_OUT]
    multiply(vector(memory.deltas, op[OUTPUT], size), vector(memory.kept, op[KEPT], size))


@kernel
def mask(values: Array, kept: Array, start: Word, threshold: int, scale: float) -> None:
    """Multiply both by the mask."""
    half = (values.size + 1) // 2
    mask_halves((values[:half], values[half:]), (kept[:half], kept[half:]), start, threshold, scale)
    if half > values.size - half:
        kept_low = WORD(scramble(WORD(half - 1) + start) & LOW_BITS) < WORD(threshold)
        m = values.dtype.type(scale) if kept_low else values.dtype.type(0)
        values[half - 1] *= m
        kept[half - 1] *= m


@kernel
def mask_halves(values: Halves, kept: Halves, start: Word, threshold: int, scale: float) -> None:
    """One hash for an element of the first half and one of the second: 16 bits each."""
    (low, high), (kept_low, kept_high) = values, kept
    zero, factor, limit = low.dtype.type(0), low.dtype.type(scale), WORD(threshold)
    for i in range(high.size):
        word = scramble(WORD(i) + start)
        one = factor if WORD(word & LOW_BITS) < limit else zero
        other = factor if WORD(word >> HALF_A_WORD) < limit else zero
        low[i] *= one
        kept_low[i] *= one
        high[i] *= other
        kept_high[i] *= other


@kernel
def scramble(word: Word) -> Word:
    """Every bit of the answer depends on every bit of the argument (Appleby, MurmurHash3's finalizer, 2011)."""
    u = WORD(word)
    u = WORD(u ^ (u >> WORD(16)))
    u = WORD(u * WORD(0x85EBCA6B))
    u = WORD(u ^ (u >> WORD(13)))
    u = WORD(u * WORD(0xC2B2AE35))
    return WORD(u ^ (u >> WORD(16)))


@kernel
def stream(seed: int, step: int, part: int, layer: int) -> Word:
    """Where the counter of one layer in one step begins (Steele, Lea, Flood, SplitMix, 2014)."""
    z = LONG(seed)
    for number in (step, part, layer):
        z = LONG(z + LONG(number + 1) * LONG(0x9E3779B97F4A7C15))
        z = LONG((z ^ (z >> LONG(30))) * LONG(0xBF58476D1CE4E5B9))
        z = LONG((z ^ (z >> LONG(27))) * LONG(0x94D049BB133111EB))
        z = LONG(z ^ (z >> LONG(31)))
    return WORD(z & LONG(0xFFFFFFFF))
