"""Where forecasts begin: windows as places in one array, so that none is ever copied to be stored.

The origin o of a window is its first row to forecast. It reads the rows o - lookback to o - 1 and forecasts o to
o + horizon - 1. A window belongs to the part that holds all rows that it forecasts; what it reads may lie in earlier
parts, never in later ones, and always in the same series and on the same side of a gap that is not crossed.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from netwright.data.series.borders import PARTS, Borders
from netwright.data.series.panel import Panel

Places = NDArray[np.int64]
ENOUGH = 0.8  # share of each part's windows that must be left for gaps not to be crossed


@dataclass(frozen=True)
class Origins:
    """The origins of each part's windows, rising."""

    train: Places
    validation: Places
    test: Places


def find_origins(panel: Panel, borders: Borders, sizes: tuple[int, int], crossing: bool) -> Origins:
    """Return every origin of each part.

    Args:
        panel: the series.
        borders: of the parts.
        sizes: lookback and horizon.
        crossing: whether windows may reach across gaps.
    """
    lookback, horizon = sizes
    begins = beginnings(panel, crossing)
    found = []
    for k in range(len(PARTS)):
        pieces = [_origins(int(edge[k]), int(edge[k + 1]), begins, (lookback, horizon)) for edge in borders.edges]
        found.append(np.concatenate(pieces) if pieces else np.zeros(0, np.int64))
    return Origins(*found)


def beginnings(panel: Panel, crossing: bool) -> Places:
    """Return for each row the first row that a window which holds it may read."""
    begins = np.zeros(panel.rows, dtype=np.int64)
    at = panel.starts[:-1] if crossing else np.concatenate([panel.starts[:-1], panel.gaps.at])
    begins[at] = at
    return np.maximum.accumulate(begins)


def every_origin(panel: Panel, sizes: tuple[int, int], crossing: bool) -> Places:
    """Return every origin of rows that are not parted."""
    begins = beginnings(panel, crossing)
    spans = zip(panel.starts, panel.starts[1:], strict=False)
    pieces = [_origins(int(a), int(b), begins, sizes) for a, b in spans]
    return np.concatenate(pieces) if pieces else np.zeros(0, np.int64)


def _origins(start: int, stop: int, begins: Places, sizes: tuple[int, int]) -> Places:
    """Return the origins of windows that forecast rows of start..stop only."""
    lookback, horizon = sizes
    origins = np.arange(start, stop - horizon + 1, dtype=np.int64)
    if not len(origins):
        return origins
    begin = begins[origins + horizon - 1]
    return origins[origins - lookback >= begin]


def crosses_gaps(panel: Panel, borders: Borders, sizes: tuple[int, int]) -> tuple[bool, str]:
    """Return whether windows reach across gaps, and why: not, where enough of them are left without those."""
    if not len(panel.gaps.at):
        return False, "there are no gaps"
    split, kept = (find_origins(panel, borders, sizes, crossing) for crossing in (False, True))
    shares = {part: len(getattr(split, part)) / max(len(getattr(kept, part)), 1) for part in PARTS}
    least = min(PARTS, key=lambda part: shares[part])
    if shares[least] >= ENOUGH:
        return False, f"{shares[least]:.0%} of the {least} windows, and more of the others, lie between gaps"
    said = f"only {shares[least]:.0%} of the {least} windows would be left between gaps"
    return True, f"{said}, so windows reach across them, as if no row were missing"
