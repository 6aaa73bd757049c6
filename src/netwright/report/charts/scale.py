"""From values to pixels, with ticks at round numbers."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

TINY_STEP = 1e-5  # below it, and on a logarithmic scale, labels are written as 1e-06
LOG_RATIO = 100.0  # positive values that spread wider than this are drawn on a logarithmic scale


@dataclass(frozen=True)
class Scale:
    """Maps low..high to start..stop pixels. `ticks` are inside it and `step` apart (0 on a logarithmic scale)."""

    low: float
    high: float
    start: float
    stop: float
    ticks: tuple[float, ...]
    step: float

    def __call__(self, value: float | int) -> float:
        part = (self.bend(value) - self.bend(self.low)) / (self.bend(self.high) - self.bend(self.low))
        return self.start + part * (self.stop - self.start)

    def bend(self, value: float | int) -> float:
        return float(value) if self.step else math.log10(value)

    def label(self, tick: float) -> str:
        if self.step < TINY_STEP or max(abs(self.low), abs(self.high)) >= 1e6:
            return f"{tick:g}".replace("-", "−")
        if self.step >= 1000 and max(abs(self.low), abs(self.high)) >= 10_000:
            return f"{tick / 1000:,g}k".replace("-", "−") if tick else "0"
        decimals = next(digits for digits in range(9) if is_whole(self.step * 10**digits))
        return f"{tick:,.{decimals}f}".replace("-", "−")


def is_whole(value: float) -> bool:
    return value > 0.5 and abs(value - round(value)) < 1e-6 * value


def linear(values: Iterable[float], start: float, stop: float, ticks: int = 5) -> Scale:
    """A scale whose ends are round numbers at or beyond the smallest and largest of the finite values."""
    low, high = spread(values)
    step = nice_step((high - low) / (ticks - 1))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    marks = tuple(number * step for number in range(first, last + 1))
    return Scale(marks[0], marks[-1], start, stop, marks, step)


def fixed(low: float, high: float, start: float, stop: float) -> Scale:
    """A scale with these very ends, such as 0 to 1, and ticks at round numbers between them."""
    step = nice_step((high - low) / 4)
    marks = tuple(number * step for number in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1))
    return Scale(low, high, start, stop, marks, step)


def logarithmic(values: Iterable[float], start: float, stop: float) -> Scale:
    """A scale in powers of ten, from the power below the smallest value to the one above the largest."""
    positive = [value for value in values if math.isfinite(value) and value > 0]
    first, last = math.floor(math.log10(min(positive))), math.ceil(math.log10(max(positive)))
    every = max(1, math.ceil((last - first) / 6))
    marks = tuple(10.0**power for power in range(first, last + 1, every))
    return Scale(10.0**first, 10.0 ** max(last, first + 1), start, stop, marks, 0.0)


def fitting(values: Iterable[float], start: float, stop: float) -> Scale:
    """Logarithmic where positive values spread over more than two powers of ten, linear otherwise."""
    finite = [value for value in values if math.isfinite(value)]
    wide = bool(finite) and min(finite) > 0 and max(finite) / min(finite) > LOG_RATIO
    return logarithmic(finite, start, stop) if wide else linear(finite, start, stop)


def spread(values: Iterable[float]) -> tuple[float, float]:
    """The smallest and largest finite value, pulled apart where they are one."""
    finite = [value for value in values if math.isfinite(value)] or [0.0, 1.0]
    low, high = min(finite), max(finite)
    size = max(abs(low), abs(high))
    if high - low <= 1e-9 * size or size < 1e-30:
        margin = size / 10 if size >= 1e-30 else 0.5
        return low - margin, high + margin
    return low, high


def nice_step(rough: float) -> float:
    """The smallest of 1, 2, 2.5 or 5 times a power of ten that is at least `rough`."""
    power = 10.0 ** math.floor(math.log10(rough))
    return next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= rough * (1 - 1e-9))
