"""What a column is for, with the reason in words."""

from netwright.core.errors import SchemaError
from netwright.core.values import Column, Kind, Role
from netwright.data.schema.request import SchemaRequest

_USELESS: dict[Kind, str] = {
    "identifier": "an identifier names rows and says nothing of new ones",
    "constant": "a column with one value tells rows apart by nothing",
}


def find_role(name: str, kind: Kind, target: tuple[str, str], request: SchemaRequest) -> tuple[Role, str]:
    """Decide one column's role; `target` is the target's name and the reason for it."""
    if name == target[0]:
        return "target", target[1]
    if name in request.roles:
        return request.roles[name], "asked for"
    asked: tuple[tuple[bool, Role], ...] = (
        (name in request.ignore, "ignored"),
        (name == request.group, "group"),
        (name == request.time, "time"),
    )
    for wanted, role in asked:
        if wanted:
            return role, "asked for"
    if kind not in _USELESS:
        return "feature", f"a {kind} column that is not the target"
    if name in request.kinds:
        return "ignored", _USELESS[kind]
    return "ignored", f"{_USELESS[kind]}; override with --set schema.columns.{name}.kind=categorical"


def check_roles(columns: tuple[Column, ...], request: SchemaRequest, target: str) -> None:
    """Raise SchemaError where the target has a second role or no feature is left."""
    if target in (*request.ignore, request.group, request.time):
        raise SchemaError(f"{target!r} cannot be the target and ignored, group or time at once; take one of them away")
    if any(column.role == "feature" for column in columns):
        return
    ignored = "; ".join(f"{c.name} ({c.role_reason.partition(';')[0]})" for c in columns if c.role == "ignored")
    raise SchemaError(
        f"expected at least one feature beside the target {target!r}, got none: {ignored or 'no other column'}; "
        "override a kind with --set schema.columns.NAME.kind=numeric"
    )
