"""The recipe: everything needed to repeat a run, as one small tree of frozen configs."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import Any, get_args, get_origin, get_type_hints

import msgspec

from netwright.core.errors import RecipeError, nearest
from netwright.core.values import Kind, Role, Strategy, Task
from netwright.data import PreparationConfig, SplitConfig
from netwright.networks.feedforward import MLPConfig
from netwright.training.config import TrainingConfig


@dataclass(frozen=True)
class DataConfig:
    """Where the rows come from and how they are read. What is None is found out."""

    source: str = ""
    test: str | None = None  # a second source with the test rows
    target: str | int | None = None  # a name, or a position from 0 (negative: from the end)
    ignore: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()  # spellings of missing, on top of those known
    group: str | None = None  # rows of one group never straddle a split
    time: str | None = None  # the test rows are the latest
    delimiter: str | None = None
    encoding: str | None = None
    header: bool | None = None
    max_rejected: float = 0.1  # share of rows that may be set aside
    strict: bool = False  # warnings about the data stop the run


@dataclass(frozen=True)
class ColumnConfig:
    """What the user says of one column."""

    kind: Kind | None = None
    role: Role | None = None


@dataclass(frozen=True)
class SchemaConfig:
    task: Task | None = None
    columns: dict[str, ColumnConfig] = field(default_factory=dict)


@dataclass(frozen=True)
class Recipe:
    """Everything needed to repeat a run."""

    data: DataConfig = field(default_factory=DataConfig)
    schema: SchemaConfig = field(default_factory=SchemaConfig)
    split: SplitConfig = field(default_factory=SplitConfig)
    preparation: PreparationConfig = field(default_factory=PreparationConfig)
    network: MLPConfig = field(default_factory=MLPConfig)
    training: TrainingConfig = field(default_factory=TrainingConfig)


def recipe_from(tree: Mapping[str, Any], origin: str) -> Recipe:
    """Build a Recipe from nested plain values, as TOML gives them.

    Args:
        tree: tables by name, e.g. {"training": {"epochs": 3}}; absent keys keep their defaults.
        origin: where the values come from, for messages ("recipe.toml", "--set").

    Raises:
        RecipeError: an unknown key (the nearest valid one is named) or a value of the wrong type.
    """
    _check_keys(tree, Recipe, (), origin)
    sections = {name: _section(tree.get(name, {}), name, kind, origin) for name, kind in get_type_hints(Recipe).items()}
    return Recipe(**sections)


def _section(values: Any, name: str, kind: Any, origin: str) -> Any:
    if not isinstance(values, Mapping):
        raise RecipeError(f"{origin}: {name}: expected a table of settings, got {values!r}")
    if kind is not MLPConfig:
        return _convert(values, kind, name, origin)
    hints = get_type_hints(kind) | {"activation": Any}  # may be a function, which msgspec cannot describe
    return kind(**{key: _convert(value, hints[key], f"{name}.{key}", origin) for key, value in values.items()})


def _convert(value: Any, kind: Any, name: str, origin: str) -> Any:
    try:
        converted = msgspec.convert(_with_none(value, kind), kind)
    except msgspec.ValidationError as error:
        raise RecipeError(f"{origin}: {_in_words(str(error), name)}") from error
    # msgspec leaves defaults to the class; `replace` puts every field on the instance, where encoders look for it
    return replace(converted) if is_dataclass(kind) else converted


def with_activation(recipe: Recipe, activation: Any) -> Recipe:
    """Return the recipe with another activation: a name, or a differentiable function on tensors."""
    return replace(recipe, network=replace(recipe.network, activation=activation))


def merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Return `base` with the leaves of `over` on top; both stay as they were."""
    merged = dict(base)
    for key, value in over.items():
        nested = isinstance(value, Mapping) and isinstance(merged.get(key), Mapping)
        merged[key] = merge(merged[key], value) if nested else value
    return merged


def _check_keys(tree: Mapping[str, Any], kind: Any, path: tuple[str, ...], origin: str) -> None:
    valid = {item.name for item in fields(kind)}
    hints = get_type_hints(kind)
    for key, value in tree.items():
        where = ".".join((*path, key))
        if key not in valid:
            raise RecipeError(f"{origin}: unknown key '{where}'; {nearest(key, sorted(valid))}")
        if isinstance(value, Mapping):
            _check_table(value, hints[key], (*path, key), origin)


def _check_table(value: Mapping[str, Any], hint: Any, path: tuple[str, ...], origin: str) -> None:
    if is_dataclass(hint):
        _check_keys(value, hint, path, origin)
    elif get_origin(hint) is dict and is_dataclass(get_args(hint)[1]):
        for name, entry in value.items():
            if not isinstance(entry, Mapping):
                raise RecipeError(f"{origin}: {'.'.join((*path, name))}: expected a table with kind or role")
            _check_keys(entry, get_args(hint)[1], (*path, name), origin)
            _convert(entry, get_args(hint)[1], ".".join((*path, name)), origin)


def _with_none(value: Any, kind: Any) -> Any:
    """Read "none" as None where None is allowed: TOML has no word for it."""
    if is_dataclass(kind) and isinstance(value, Mapping):
        hints = get_type_hints(kind)
        return {key: _with_none(entry, hints[key]) for key, entry in value.items()}
    return None if value == "none" and type(None) in get_args(kind) else value


def _in_words(message: str, name: str) -> str:
    """Turn msgspec's "Expected `int`, got `str` - at `$.epochs`" into "training.epochs: expected int, got str"."""
    text, _, place = message.partition(" - at ")
    wrong = re.search(r"Invalid enum value '(.*)'", text)
    hint = f"; {nearest(wrong[1], NAMES)}" if wrong else ""
    return f"{name}{place.strip('`').removeprefix('$')}: {text[:1].lower()}{text[1:].replace('`', '')}{hint}"


NAMES = (*get_args(Kind), *get_args(Role), *get_args(Task), "auto", *get_args(Strategy))


def leaves(value: Any, path: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return every setting of a config by its dotted name, in order of declaration."""
    found: dict[str, Any] = {}
    for item in fields(value):
        child = getattr(value, item.name)
        if is_dataclass(child):
            found |= leaves(child, (*path, item.name))
        else:
            found[".".join((*path, item.name))] = child
    return found
