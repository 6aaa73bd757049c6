"""At predict time: which columns are read as numbers, and which as text, whatever this file's cells look like."""

from netwright.core.values import Column, Schema


def forced_types(schema: Schema | None) -> dict[str, bool] | None:
    """Column -> whether training saw numbers there; None without a schema. The target follows the task."""
    if schema is None:
        return None
    return {column.name: _is_number(column, schema) for column in schema.columns}


def _is_number(column: Column, schema: Schema) -> bool:
    if column.role == "target":
        return schema.task == "regression"
    return column.kind == "numeric" or (column.kind in ("identifier", "constant") and column.minimum is not None)
