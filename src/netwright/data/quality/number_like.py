"""Columns of text that would be numbers but for a currency sign, a percent sign, a unit or brackets."""

from collections.abc import Iterator

from netwright.core.findings import Finding
from netwright.core.values import Schema
from netwright.data.schema.number_like import count_number_like
from netwright.data.table import Table


def find_number_like(table: Table, schema: Schema) -> Iterator[Finding]:
    """A warning for each feature or target whose numbers are read as words."""
    for column in schema.columns:
        if column.role not in ("feature", "target") or column.kind not in ("categorical", "text", "identifier"):
            continue
        found = count_number_like(table.frame[column.name])
        if found is None:
            continue
        evidence = (
            f"{found.cells:,} of {found.present:,} cells that are not missing are numbers with a sign or unit around "
            f"them, such as {found.example!r}; they are read as words"
        )
        remedy = f"strip currency and percent signs, units and brackets from {column.name!r}, so that numbers are left"
        title = f"{column.name!r} holds numbers written as text"
        yield Finding("data.number-like", "warning", title, evidence, remedy, column.name)
