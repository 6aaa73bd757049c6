"""What the user said about columns; what is left out is inferred."""

import re
from dataclasses import dataclass, field

from netwright.core.errors import SchemaError, nearest
from netwright.core.values import Kind, Role, Task
from netwright.data.table import Table

TARGET_NAMES = frozenset(("target", "label", "labels", "class", "classes", "y", "outcome", "response", "output"))


@dataclass(frozen=True)
class SchemaRequest:
    """Target, roles and kinds as asked for."""

    target: str | int | None = None  # name, or position from 0, from the end where negative
    ignore: tuple[str, ...] = ()
    group: str | None = None
    time: str | None = None
    task: Task | None = None
    kinds: dict[str, Kind] = field(default_factory=dict)
    roles: dict[str, Role] = field(default_factory=dict)


def check_names(table: Table, request: SchemaRequest) -> None:
    """Raise SchemaError for a name that is no column, naming the nearest one."""
    named = (*request.ignore, *filter(None, (request.group, request.time)), *request.kinds, *request.roles)
    for name in named:
        if name not in table.frame.columns:
            valid = nearest(name, table.frame.columns)
            raise SchemaError(f"{table.source}: no column {name!r} to set a role or kind of; {valid}")


def find_target(table: Table, request: SchemaRequest) -> tuple[str, str]:
    """Return the target's name and why it is the target.

    Raises:
        SchemaError: no such column or position, or none was named and no name tells.
    """
    by_role = [name for name, role in request.roles.items() if role == "target"]
    asked = request.target if request.target is not None else next(iter(by_role), None)
    if asked is None:
        return _guess(table)
    columns = table.frame.columns
    if isinstance(asked, str) and asked in columns:
        return asked, "asked for"
    if isinstance(asked, int) or re.fullmatch(r"-?\d+", asked):
        return _by_position(table, int(asked)), f"asked for by position {asked}"
    raise SchemaError(f"{table.source}: expected a target column, got {asked!r}; {nearest(asked, columns)}")


def _by_position(table: Table, position: int) -> str:
    columns = table.frame.columns
    if not -len(columns) <= position < len(columns):
        raise SchemaError(
            f"{table.source}: target position {position} is out of range; the table has {len(columns)} columns, "
            f"0 to {len(columns) - 1}, or -1 for the last"
        )
    return columns[position]


def _guess(table: Table) -> tuple[str, str]:
    columns = table.frame.columns
    known = next((choice for choice in table.choices if choice.name == "data.target"), None)
    if known is not None and known.value in columns:
        return str(known.value), known.reason
    if columns[-1].strip().lower() in TARGET_NAMES:
        return columns[-1], f"the last column is called {columns[-1]!r}"
    shown = ", ".join(columns[:12]) + (", ..." if len(columns) > 12 else "")
    raise SchemaError(f"{table.source}: which column is to be predicted? Name it with --target; columns: {shown}")
