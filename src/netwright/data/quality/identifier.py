"""Columns that name rows."""

from collections.abc import Iterator

from netwright.core.findings import Finding
from netwright.core.values import Schema
from netwright.data.table import FILE, Table


def find_identifier(table: Table, schema: Schema) -> Iterator[Finding]:
    """A note for each identifier that is ignored, a warning for each that was asked to be a feature."""
    for column in schema.columns:
        if column.name == FILE and table.is_of_files:  # that files have names is no news
            continue
        if column.kind != "identifier" or column.role not in ("ignored", "feature"):
            continue
        used = column.role == "feature"
        remedy = "a network can learn it by heart; ignore it" if used else "it is ignored"
        title = f"{column.name!r} names rows"
        yield Finding("data.identifier", "warning" if used else "note", title, column.kind_reason, remedy, column.name)
