"""Classes with too few rows to learn or to measure."""

from collections.abc import Iterator

from netwright.core.findings import Finding
from netwright.core.values import Schema
from netwright.data.labels import label_text
from netwright.data.table import Table

FEW = 10  # rows


def find_rare_classes(table: Table, schema: Schema) -> Iterator[Finding]:
    """One warning that names every class with fewer than 10 rows."""
    if schema.task == "regression":
        return
    counts = label_text(table.frame[schema.target]).alias("label").value_counts(sort=True, name="count")
    rare = [(label, count) for label, count in counts.iter_rows() if count < FEW]
    if rare:
        shown = ", ".join(f"{label!r} ({count})" for label, count in rare[:10])
        title = f"{len(rare)} of {counts.height} classes have fewer than {FEW} rows"
        remedy = "gather more rows of them or join them; what is measured on them is a guess"
        yield Finding("data.rare-classes", "warning", title, shown, remedy, schema.target)
