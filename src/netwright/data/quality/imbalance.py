"""Classes of very different sizes."""

from collections.abc import Iterator

from netwright.core.findings import Finding, Severity
from netwright.core.values import Schema
from netwright.data.labels import label_text
from netwright.data.table import Table

RATIO_TO_NOTE, RATIO_TO_WARN = 3.0, 20.0  # rows of the largest class over rows of the smallest


def find_imbalance(table: Table, schema: Schema) -> Iterator[Finding]:
    """A note, or a warning where the smallest class is very small, with the accuracy that comes for free."""
    if schema.task == "regression":
        return
    counts = label_text(table.frame[schema.target]).alias("label").value_counts(sort=True, name="count")
    (large, most), (small, least) = counts.row(0), counts.row(-1)
    ratio = most / least
    if ratio < RATIO_TO_NOTE:
        return
    evidence = (
        f"{large!r} has {most:,} rows and {small!r} {least:,}; always saying {large!r} "
        f"is right for {most / table.frame.height:.1%} of rows"
    )
    remedy = "look at balanced accuracy or average precision, not at accuracy"
    severity: Severity = "warning" if ratio >= RATIO_TO_WARN else "note"
    title = f"Classes differ {ratio:.0f} times in size"
    yield Finding("data.imbalance", severity, title, evidence, remedy, schema.target)
