"""Recipes as text: `recipe.toml` with a reason behind each line, and `--set name=value`."""

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from netwright.core.errors import RecipeError
from netwright.core.foreign import read_named
from netwright.core.values import Choice, Schema

HEADER = (
    "Everything needed to repeat this run, each choice with its reason.",
    "Edit it and run: netwright fit --recipe recipe.toml",
)

NONE_IS_SAID = ("network", "training")  # where None switches something off that the default recipe may switch on


def read_recipe(path: Path) -> dict[str, Any]:
    """Return the tables of a recipe file.

    Raises:
        RecipeError: the file is missing or no TOML.
    """
    try:
        return tomllib.loads(read_named(path).decode())
    except (FileNotFoundError, NotADirectoryError):
        raise RecipeError(f"recipe: expected a TOML file at {path}, found none; name a recipe.toml of a run") from None
    except OSError as error:
        raise RecipeError(f"recipe: expected a TOML file at {path}, but it cannot be read: {error.strerror}") from error
    except RecursionError:
        raise RecipeError(f"recipe: {path} is not valid TOML: it is nested too deeply") from None
    except ValueError as error:  # of the syntax, of UTF-8, of a number with thousands of digits
        raise RecipeError(f"recipe: {path} is not valid TOML: {error}") from error


def parse_settings(settings: Iterable[str]) -> dict[str, Any]:
    """Turn ["training.epochs=3"] into {"training": {"epochs": 3}}. Values are TOML; a bare word is a string.

    Raises:
        RecipeError: an entry has no "=".
    """
    tree: dict[str, Any] = {}
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not equals or not name.strip():
            raise RecipeError(f"--set: expected name=value such as training.epochs=20, got {setting!r}")
        place(tree, name.strip(), _parse_value(value.strip()))
    return tree


def tree_of(settings: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Nest values by their dotted names: ("training.epochs", 3) becomes {"training": {"epochs": 3}}."""
    tree: dict[str, Any] = {}
    for name, value in settings:
        place(tree, name, value)
    return tree


def place(tree: dict[str, Any], name: str, value: Any) -> None:
    """Put a value at its dotted name into nested tables."""
    path = _split_name(name)
    for part in path[:-1]:
        tree = tree.setdefault(part, {})
        if not isinstance(tree, dict):
            raise RecipeError(f"--set: {name} reaches into {part!r}, which is a value and no table")
    tree[path[-1]] = value


def _split_name(name: str) -> list[str]:
    """Split a dotted name; a column's own dots stay: schema.columns.a.b.kind has the column "a.b"."""
    parts = name.split(".")
    if parts[:2] == ["schema", "columns"] and len(parts) > 4:
        return ["schema", "columns", ".".join(parts[2:-1]), parts[-1]]
    return parts


def _parse_value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def recipe_to_toml(recipe: Any, choices: Iterable[Choice], schema: Schema | None = None) -> str:
    """Return a recipe as TOML, with the reason of each choice as a comment behind it.

    Args:
        recipe: a tree of frozen configs.
        choices: whose reasons are written.
        schema: of a table, whose columns stand in the recipe.
    """
    import tomlkit

    reasons = {choice.name: choice.reason for choice in choices}
    document = tomlkit.document()
    for line in HEADER:
        document.add(tomlkit.comment(line))
    for name, section in plain(recipe).items():
        if not isinstance(section, Mapping):  # what stands before all tables
            _add(document, name, section, reasons.get(name, ""))
            continue
        document.add(tomlkit.nl())
        if name == "contenders":
            document.add(name, _contenders(section, reasons, schema))
        else:
            document.add(name, _table(name, section, reasons, schema))
    return tomlkit.dumps(document)


def plain(recipe: Any) -> dict[str, Any]:
    """Return the recipe as nested plain values; a function as activation is named, since TOML cannot hold it."""
    tree: dict[str, Any] = in_toml(recipe)
    return tree


def in_toml(value: Any) -> Any:
    """Return a config or a setting as plain values."""
    return msgspec.to_builtins(value, enc_hook=_name_of_function)


def _name_of_function(value: Any) -> str:
    return f"python:{getattr(value, '__name__', type(value).__name__)}"


def _table(name: str, section: Mapping[str, Any], reasons: Mapping[str, str], schema: Schema | None) -> Any:
    import tomlkit

    table = tomlkit.table()
    for key, value in section.items():
        if (name, key) == ("schema", "columns") or (value is None and name.split(".")[-1] not in NONE_IS_SAID):
            continue
        _add(table, key, "none" if value is None else value, reasons.get(f"{name}.{key}", ""))
    if name == "schema" and schema is not None:
        table.add("columns", _columns(schema))
    return table


def _contenders(section: Mapping[str, Any], reasons: Mapping[str, str], schema: Schema | None) -> Any:
    import tomlkit

    contenders = tomlkit.table(is_super_table=True)
    for name, contender in section.items():
        path = f"contenders.{name}"
        own = {key: value for key, value in contender.items() if not isinstance(value, Mapping)}
        table = _table(path, own, reasons, schema)
        for key in (key for key in contender if key not in own):
            table.add(key, _table(f"{path}.{key}", contender[key], reasons, schema))
        contenders.add(name, table)
    return contenders


def _columns(schema: Schema) -> Any:
    import tomlkit

    columns = tomlkit.table(is_super_table=True)
    for column in schema.columns:
        entry = tomlkit.table()
        _add(entry, "kind", column.kind, column.kind_reason)
        _add(entry, "role", column.role, column.role_reason)
        columns.add(column.name, entry)
    return columns


def _add(table: Any, key: str, value: Any, reason: str) -> None:
    import tomlkit

    item = tomlkit.inline_table() if isinstance(value, Mapping) else tomlkit.item(value)
    if isinstance(value, Mapping):
        item.update(value)
    if reason:
        item.comment(" ".join(reason.split()))
    table.add(key, item)
