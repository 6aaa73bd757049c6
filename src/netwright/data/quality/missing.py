"""Columns of which much is missing."""

from collections.abc import Iterator

from netwright.core.findings import Finding
from netwright.core.values import Schema
from netwright.data.table import Table
from netwright.data.wording import counted

SHARE_TO_WARN = 0.5  # of a feature's cells


def find_missing(_table: Table, schema: Schema) -> Iterator[Finding]:
    """One note on all missing cells, and a warning for each feature that is mostly missing."""
    holed = [column for column in schema.features if column.missing]
    if not holed:
        return
    worst = sorted(holed, key=lambda column: -column.missing)
    shown = ", ".join(f"{c.name!r} {c.missing / c.rows:.1%} ({c.missing:,})" for c in worst[:5])
    remedy = "missing cells become 0 after scaling, with a column beside them that says so"
    yield Finding("data.missing", "note", counted(len(holed), "feature") + " with missing cells", shown, remedy)
    for column in worst:
        share = column.missing / column.rows
        if share >= SHARE_TO_WARN:
            evidence = f"{column.missing:,} of {column.rows:,} cells ({share:.0%}) are missing"
            remedy = f"leave it out with --ignore {column.name!r} if what is left carries nothing"
            yield Finding(
                "data.missing", "warning", f"{column.name!r} is mostly missing", evidence, remedy, column.name
            )
