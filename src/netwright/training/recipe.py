"""The recipe: everything needed to repeat a run, as one small tree of frozen configs."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

import msgspec

from netwright.core.errors import RecipeError, nearest
from netwright.core.values import Kind, Role, Task
from netwright.data import PreparationConfig, SplitConfig
from netwright.networks.feedforward import MLPConfig
from netwright.training.config import TrainingConfig
from netwright.training.contender_config import ContenderConfig
from netwright.training.ensemble_config import EnsembleConfig
from netwright.training.evaluation_config import EvaluationConfig
from netwright.training.presets import PresetConfig
from netwright.training.rate_test_config import RateTestConfig

Config = TypeVar("Config")


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
    image_size: tuple[int, int] | None = None  # height and width that images are brought to
    series: bool | None = None  # whether each row of a table is a time series, its label first; None: by the source
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
    ensemble: EnsembleConfig = field(default_factory=EnsembleConfig)
    preset: PresetConfig = field(default_factory=PresetConfig)
    evaluation: EvaluationConfig = field(default_factory=EvaluationConfig)
    rate_test: RateTestConfig = field(default_factory=RateTestConfig)
    contenders: dict[str, ContenderConfig] = field(default_factory=dict)  # by the name of their recipe


def recipe_from(tree: Mapping[str, Any], origin: str) -> Recipe:
    """Build a Recipe from nested plain values, as TOML gives them.

    Args:
        tree: tables by name, e.g. {"training": {"epochs": 3}}; absent keys keep their defaults.
        origin: where the values come from, for messages ("recipe.toml", "--set").

    Raises:
        RecipeError: an unknown key (the nearest valid one is named) or a value of the wrong type.
    """
    recipe: Recipe = config_from(tree, Recipe, origin)
    return recipe


def config_from(tree: Mapping[str, Any], kind: type[Config], origin: str) -> Config:
    """Build a tree of configs from nested plain values; arguments and errors as of `recipe_from`."""
    config: Config = _read(tree, kind, (), origin)
    return config


def refuse_pipes(data: DataConfig, origin: Path) -> None:
    """Raise RecipeError where a file, not the user, names a pipe as a table: nobody may ever write to it."""
    for source in (data.source, data.test or ""):
        if source and os.path.lexists(source) and Path(source).is_fifo():
            raise RecipeError(
                f"{origin}: expected a table, got the pipe {source[:200]}; name a table on the command line"
            )


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


def _read(values: Any, kind: Any, path: tuple[str, ...], origin: str) -> Any:
    """Build the config `kind` from plain values, each checked against the type of its field."""
    if not isinstance(values, Mapping):
        raise RecipeError(f"{origin}: {'.'.join(path)}: expected a table of settings, got {values!r}")
    hints = get_type_hints(kind)
    for key in values:
        if key not in hints:
            where = ".".join((*path, key))
            raise RecipeError(f"{origin}: unknown key '{where}'; {nearest(key, sorted(hints))}")
    return kind(**{key: _read_field(value, hints[key], (*path, key), origin) for key, value in values.items()})


def _read_field(value: Any, hint: Any, path: tuple[str, ...], origin: str) -> Any:
    if is_dataclass(hint):
        return _read(value, hint, path, origin)
    if get_origin(hint) is dict and isinstance(value, Mapping):
        return {name: _read_field(entry, get_args(hint)[1], (*path, name), origin) for name, entry in value.items()}
    if path[-2:] == ("network", "activation"):  # may be a function, which msgspec cannot describe
        if not isinstance(value, str) and not callable(value):
            raise RecipeError(f"{origin}: network.activation: expected a name, got {type(value).__name__}")
        return value
    if value == "none" and type(None) in get_args(hint):
        return None  # TOML has no word for it
    try:
        return msgspec.convert(value, hint)
    except msgspec.ValidationError as error:
        raise RecipeError(f"{origin}: {_in_words(str(error), value, hint, '.'.join(path))}") from error


def _in_words(message: str, value: Any, hint: Any, name: str) -> str:
    """Turn msgspec's "Expected `int`, got `str` - at `$[1]`" into "network.hidden_sizes[1]: expected int, got str"."""
    options = _options(hint)
    if options and isinstance(value, str):
        close = nearest(value, options)
        hint = f"; {close}" if close.startswith("did") else ""
        return f"{name}: expected one of {', '.join(options)}, got {value!r}{hint}"
    text, _, place = message.partition(" - at ")
    return f"{name}{place.strip('`').removeprefix('$')}: {text[:1].lower()}{text[1:].replace('`', '')}"


def _options(hint: Any) -> list[str]:
    """Return the words that a type names: those of its Literals."""
    parts = get_args(hint)
    return [word for part in parts for word in ([part] if isinstance(part, str) else _options(part))]


def leaves(value: Any, path: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return every setting of a config by its dotted name, in order of declaration."""
    found: dict[str, Any] = {}
    for item in fields(value):
        child = getattr(value, item.name)
        if is_dataclass(child):
            found |= leaves(child, (*path, item.name))
        elif isinstance(child, dict) and any(map(is_dataclass, child.values())):
            for name, entry in child.items():
                found |= leaves(entry, (*path, item.name, name))
        else:
            found[".".join((*path, item.name))] = child
    return found
