"""Training, validation and test rows of series: the earliest, those after them, and the latest.

By shares: with times, at the same moments for every series; without, at the same shares of each series' rows. By counts
of rows: the same for each series; rows beyond the last border are set aside.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from netwright.core.errors import RecipeError, SchemaError
from netwright.data.series.panel import Panel

PARTS = ("train", "validation", "test")


@dataclass(frozen=True)
class BordersConfig:
    """How rows are parted, the earliest first."""

    train: float = 0.7  # share of the rows
    validation: float = 0.1
    test: float = 0.2
    borders: tuple[int, ...] = ()  # rows of each part instead of shares, such as 8640, 2880, 2880


@dataclass(frozen=True)
class Borders:
    """Where the parts of each series begin and end, as places in the panel."""

    edges: NDArray[np.int64]  # [series, 4]: train, validation and test lie between one and the next
    reason: str

    def rows_of(self, part: str) -> NDArray[np.int64]:
        """Return the places of a part's rows, series after series."""
        k = PARTS.index(part)
        pieces = [np.arange(edge[k], edge[k + 1]) for edge in self.edges]
        return np.concatenate(pieces) if pieces else np.zeros(0, np.int64)

    @property
    def sizes(self) -> dict[str, int]:
        return {part: int((self.edges[:, k + 1] - self.edges[:, k]).sum()) for k, part in enumerate(PARTS)}


def validate_borders(config: BordersConfig) -> None:
    """Check shares and counts.

    Raises:
        RecipeError: one sentence that names the setting, what was expected and what came.
    """
    if config.borders:
        if len(config.borders) != 3 or min(config.borders) < 1:
            raise RecipeError(
                "split.borders: expected three counts of rows (training, validation, test) of at least 1, "
                f"got {list(config.borders)}"
            )
        return
    shares = (config.train, config.validation, config.test)
    if min(shares) <= 0.0 or abs(sum(shares) - 1.0) > 1e-6:
        raise RecipeError(
            "split.train, split.validation and split.test: expected three shares above 0 that make 1, "
            f"got {', '.join(f'{share:g}' for share in shares)}"
        )


def draw_borders(panel: Panel, config: BordersConfig) -> Borders:
    """Part the rows of a panel.

    Raises:
        SchemaError: a series has fewer rows than the counts need.
    """
    if config.borders:
        return _by_counts(panel, config)
    shares = np.cumsum([config.train, config.validation])
    said = (
        f"by time, {config.train:.0%} / {config.validation:.0%} / {config.test:.0%}: the latest rows are the test rows"
    )
    if len(panel.series) == 1 or panel.axis is None:
        spans = zip(panel.starts, panel.starts[1:], strict=False)
        return Borders(np.array([_by_shares(int(a), int(b), config) for a, b in spans]), said)
    ordered = np.sort(panel.moments)
    at = ordered[np.minimum((shares * len(ordered)).astype(np.int64), len(ordered) - 1)]
    edges = [
        [a, *(a + np.searchsorted(panel.moments[a:b], at)), b]
        for a, b in zip(panel.starts, panel.starts[1:], strict=False)
    ]
    return Borders(np.array(edges, dtype=np.int64), f"{said}, the borders at the same moments for every series")


def _by_shares(start: int, stop: int, config: BordersConfig) -> list[int]:
    """The test rows are counted from the end, so that validation gets what rounding leaves, as in the literature."""
    rows = stop - start
    return [start, start + int(rows * config.train), stop - int(rows * config.test), stop]


def _by_counts(panel: Panel, config: BordersConfig) -> Borders:
    needed, edges = sum(config.borders), []
    for name, start, stop in zip(panel.series, panel.starts, panel.starts[1:], strict=False):
        if stop - start < needed:
            which = f"the series {name!r}" if name else panel.table.source
            raise SchemaError(
                f"{which}: split.borders takes {needed:,} rows, and there are {int(stop - start):,}; lower the counts"
            )
        edges.append(start + np.cumsum([0, *config.borders]))
    counts = ", ".join(f"{count:,}" for count in config.borders)
    return Borders(np.array(edges, dtype=np.int64), f"by time, {counts} rows, as asked; later rows are set aside")
