"""The record of one column: kind, role, counts, range, categories."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from netwright.core.values import Column, Kind, Role
from netwright.data.drift import shares_of, tenths_of
from netwright.data.labels import count_labels, label_text

EXAMPLES = 3


@dataclass(frozen=True)
class Verdict:
    """What was decided about one column."""

    kind: Kind
    kind_reason: str
    role: Role
    role_reason: str
    datetime_format: str | None = None
    shape: tuple[int, ...] = ()


def describe(cells: pl.Series, position: int, verdict: Verdict, spellings: Mapping[str, int]) -> Column:
    """Count and measure one column over all rows."""
    present = cells.drop_nulls()
    low, high = _range(present)
    counts = count_labels(present) if verdict.kind in ("categorical", "boolean") else {}
    compared = verdict.role == "feature"  # others never are
    edges, shares = tenths_of(present) if compared and not counts else ((), shares_of(counts) if compared else ())
    return Column(
        name=cells.name,
        position=position,
        kind=verdict.kind,
        kind_reason=verdict.kind_reason,
        role=verdict.role,
        role_reason=verdict.role_reason,
        rows=len(cells),
        missing=cells.null_count(),
        distinct=present.n_unique(),
        missing_spellings=dict(spellings),
        examples=() if verdict.kind in ("image", "series") else _examples(present),
        minimum=low,
        maximum=high,
        categories=tuple(counts),
        datetime_format=verdict.datetime_format,
        edges=edges,
        shares=shares,
        shape=verdict.shape,
    )


def _examples(present: pl.Series) -> tuple[str, ...]:
    return tuple(label_text(present.head(1000).unique(maintain_order=True).head(EXAMPLES)).to_list())


def _range(present: pl.Series) -> tuple[float | None, float | None]:
    """Least and greatest number; seconds since 1970 for dates."""
    if not len(present):
        return None, None
    if isinstance(present.dtype, pl.Datetime):
        seconds = present.cast(pl.Int64)
        return float(seconds.min()) / 1e6, float(seconds.max()) / 1e6  # type: ignore[arg-type]
    if not present.dtype.is_numeric():
        return None, None
    return float(present.min()), float(present.max())  # type: ignore[arg-type]
