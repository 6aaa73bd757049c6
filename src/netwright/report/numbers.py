"""Numbers as people read them. What is missing, NaN or infinite is a dash, never a crash and never a zero."""

import math
from datetime import datetime, time, timedelta
from typing import Any, TypeGuard

from netwright.core.evidence import Measure

DASH = "–"  # an en dash
EPOCH = datetime(1970, 1, 1)  # without a zone, as the cells of a table are
WHITE_SPACE = {"\t": "tab", " ": "spaces"}


def is_finite(value: float | None) -> TypeGuard[float]:
    return value is not None and math.isfinite(value)


def show(value: float | None) -> str:
    """Three decimals near one, fewer for large numbers, scientific for tiny ones.

    >>> [show(value) for value in (0.95812, 12.345, 61234.5, 0.00001, None)]
    ['0.958', '12.35', '61,234', '1.0e-05', '–']
    """
    if value is None or not math.isfinite(value):
        return DASH
    return (
        f"{value:{number_format(abs(value))}}".replace("-", "−", 1) if value < 0 else f"{value:{number_format(value)}}"
    )


def close(value: float) -> str:
    """Four digits, to tell losses apart that are nearly equal.

    >>> [close(value) for value in (0.431312, 0.0520001, 43585.3)]
    ['0.4313', '0.0520', '43,585']
    """
    digits = 0 if abs(value) >= 1000 else 4
    return f"{value:,.{digits}f}" if abs(value) >= 0.001 else f"{value:.3e}"


def number_format(size: float) -> str:
    if 0 < size < 0.0005 or size >= 1e9:
        return ".1e"
    return next(form for bound, form in ((10, ".3f"), (100, ".2f"), (1000, ".1f"), (math.inf, ",.0f")) if size < bound)


def interval(measure: Measure) -> str:
    """The 95% interval without brackets: '0.925–0.983', or with 'to' where a minus sign would blur the dash."""
    if not (is_finite(measure.low) and is_finite(measure.high)):
        return DASH
    return f"{show(measure.low)}{' to ' if measure.low < 0 else DASH}{show(measure.high)}"


def spread(mean: float | None, deviation: float | None) -> str:
    """A mean with its standard deviation, where there is one.

    >>> spread(0.958, 0.0061), spread(0.958, None)
    ('0.958 ± 0.006', '0.958')
    """
    return show(mean) + (f" ± {show(deviation)}" if is_finite(deviation) else "")


def moment(seconds: float | None) -> str:
    """Seconds since 1970 as a date, with the time of day where there is one.

    >>> [moment(seconds) for seconds in (0.0, 90.0, None)]
    ['1970-01-01', '1970-01-01 00:01', '–']
    """
    if not is_finite(seconds):
        return DASH
    when = EPOCH + timedelta(seconds=seconds)
    return f"{when:%Y-%m-%d}" if when.time() == time() else f"{when:%Y-%m-%d %H:%M}"


def bound(value: float | None) -> str:
    """An edge of a column's range, with at most five significant digits."""
    return DASH if value is None or not math.isfinite(value) else f"{value:,.5g}".replace("-", "−", 1)


def count(value: int) -> str:
    return f"{value:,}"


def counted(value: int, noun: str) -> str:
    """A count with its noun: '1 row', '2 rows'."""
    return f"{value:,} {noun}{'' if value == 1 else 's'}"


def share(part: int, whole: int) -> str:
    """A percentage in whole numbers, or '<1%' where rounding would hide what is there."""
    if not whole:
        return DASH
    percent = 100 * part / whole
    return "<1%" if 0 < percent < 1 else ">99%" if 99 < percent < 100 else f"{percent:.0f}%"


def percent(value: float | None) -> str:
    """A share with one decimal.

    >>> percent(0.8934), percent(None)
    ('89.3%', '–')
    """
    return f"{100 * value:.1f}%" if is_finite(value) else DASH


def duration(seconds: float) -> str:
    """Wall time: '0.4 s', '42 s', '3 min 5 s', '2 h 10 min'."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if minutes else f"{rest} s"
    return f"{minutes // 60} h {minutes % 60} min"


def setting(value: Any) -> str:
    """The value of a choice: lists joined, truth as yes and no."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(map(setting, value)) or "none"
    if isinstance(value, dict):
        return ", ".join(f"{key}: {setting(entry)}" for key, entry in value.items()) or "none"
    if isinstance(value, str):
        return WHITE_SPACE.get(value, value)
    return f"{value:g}" if isinstance(value, float) else "none" if value is None else str(value)
