"""Columns with one value."""

from collections.abc import Iterator

from netwright.core.findings import Finding
from netwright.core.values import Schema
from netwright.data.table import Table


def find_constant(_table: Table, schema: Schema) -> Iterator[Finding]:
    """A note for each constant column that is ignored."""
    for column in schema.columns:
        if column.kind == "constant" and column.role == "ignored":
            title = f"{column.name!r} has one value"
            yield Finding("data.constant", "note", title, column.kind_reason, "it is ignored", column.name)
