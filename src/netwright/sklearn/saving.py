"""Fitted estimators on disk: `estimator.json`, `schema.json` and `weights.safetensors`, as in a run directory.

Nothing is pickled. What `partial_fit` remembers of its optimizer is not kept: the next pass begins with a fresh one.
"""

import importlib.metadata
import os
import re
import shutil
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from safetensors.torch import save
from sklearn.utils.validation import check_is_fitted
from torch import nn

from netwright.core.errors import RunError
from netwright.core.files import fsync_directory, make_folder, write_atomic
from netwright.core.values import Choice, InputSpec, Rejected, Schema
from netwright.data import Preparation, ReadOptions, fault_of_features
from netwright.networks import MLPConfig, build, shapes_of
from netwright.sklearn.inputs import Contract
from netwright.sklearn.learning import Learned, show
from netwright.sklearn.targets import Values
from netwright.training.ensemble_config import MOST_NETWORKS
from netwright.training.recipe import recipe_from
from netwright.training.run_directory import read_part, write_part
from netwright.training.weights import header_of, load_weights, refuse_others

PLAIN = (str, int, float, bool, type(None))
KIND = re.compile(r"[<>=|]?(b1|[iu][1248]|f[248]|O|[US]\d{1,6}|M8\[\w+\])")  # of labels, as NumPy writes it
MOST_LABELS = 1 << 26  # bytes


@dataclass(frozen=True)
class Labels:
    """An array of labels, and its type as NumPy writes it."""

    kind: str
    values: list[Any]


@dataclass(frozen=True)
class StoredValues:
    """The scale of a regression's y."""

    mean: list[float]
    deviation: list[float]
    flat: bool
    low: list[float]
    high: list[float]


@dataclass(frozen=True)
class StoredContract:
    """schema.json."""

    names: tuple[str, ...]
    schema: Schema | None
    preparation: Preparation
    missing: tuple[str, ...]
    max_rejected: float


@dataclass(frozen=True)
class Stored:
    """estimator.json: how the estimator was made, and what it shows."""

    version: str
    estimator: str  # the class
    parameters: dict[str, Any]
    recipe: dict[str, Any]  # as of recipe.toml
    choices: tuple[Choice, ...]
    rejected: tuple[Rejected, ...]
    networks: int
    outputs: int
    features: int
    feature_names: list[str] | None
    classes: Labels | None
    values: StoredValues | None
    loss_curve: list[float]
    validation_loss_curve: list[float]


def save_estimator(estimator: Any, path: Path) -> None:
    """Write a directory, whole or not at all.

    Raises:
        NotFittedError: there is nothing to save.
        RunError: the path is taken or cannot be written, or a parameter is nothing that JSON holds.
    """
    check_is_fitted(estimator)
    stored = _stored(estimator, estimator.learned_)
    if path.exists():
        raise RunError(f"{path} exists already; choose another path, or remove it first")
    try:
        make_folder(path.parent)
        folder = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
    except OSError as error:
        raise RunError(f"cannot write to {path.parent}: {error.strerror}; choose another path") from error
    try:
        _write(folder, estimator.learned_, stored)
        folder.chmod(0o755)  # mkdtemp made it 0700
        folder.rename(path)
        fsync_directory(path.parent)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def load_estimator(kind: type[Any], path: Path) -> Any:
    """Return the estimator that `save_estimator` wrote.

    Raises:
        RunError: nothing is there, it is damaged, or it is of another class.
    """
    if not os.path.isdir(path):  # noqa: PTH112 - Path.is_dir raises for a name that is too long
        raise RunError(f"expected a directory that `save` made at {str(path)[:200]!r}, found none")
    stored = read_part(path, "estimator.json", Stored)
    if stored.estimator != kind.__name__:
        named = stored.estimator[:80]
        raise RunError(f"{path} holds a {named}, not a {kind.__name__}; load it by {named}.load")
    try:
        estimator = kind(**{name: _thawed(value) for name, value in stored.parameters.items()})
        _show(estimator, stored, _learned(path, stored))
    except (TypeError, ValueError, LookupError, RecursionError) as error:  # values that `save` does not write
        raise RunError(f"{path} is damaged: estimator.json: {str(error)[:200]}; save the estimator again") from error
    return estimator


def _write(folder: Path, learned: Learned, stored: Stored) -> None:
    tensors = {
        f"{number}.{name}": tensor.detach().cpu().contiguous()
        for number, network in enumerate(learned.networks)
        for name, tensor in network.state_dict().items()
    }
    contract, options = learned.contract, learned.contract.options
    kept = StoredContract(contract.names, contract.schema, contract.preparation, options.missing, options.max_rejected)
    write_atomic(folder / "weights.safetensors", save(tensors))
    write_part(folder, "schema.json", kept)
    write_part(folder, "estimator.json", stored)


def _stored(estimator: Any, learned: Learned) -> Stored:
    classes, values = getattr(estimator, "classes_", None), learned.values
    names = getattr(estimator, "feature_names_in_", None)
    return Stored(
        version=importlib.metadata.version("netwright"),
        estimator=type(estimator).__name__,
        parameters={name: _frozen(name, value) for name, value in estimator.get_params().items()},
        recipe=msgspec.to_builtins(learned.recipe),
        choices=learned.choices,
        rejected=learned.rejected,
        networks=len(learned.networks),
        outputs=learned.outputs,
        features=int(estimator.n_features_in_),
        feature_names=None if names is None else names.tolist(),
        classes=None if classes is None else Labels(classes.dtype.str, classes.tolist()),
        values=None if values is None else _stored_values(values),
        loss_curve=estimator.loss_curve_,
        validation_loss_curve=estimator.validation_loss_curve_,
    )


def _stored_values(values: Values) -> StoredValues:
    low, high = values.low.tolist(), values.high.tolist()
    return StoredValues(values.mean.tolist(), values.deviation.tolist(), values.flat, low, high)


def _frozen(name: str, value: Any) -> Any:
    """A parameter as JSON holds it: tuples and dicts that are not keyed by text say what they are."""
    if isinstance(value, np.generic | np.ndarray):
        value = value.tolist()
    if isinstance(value, PLAIN):
        return value
    if isinstance(value, list):
        return [_frozen(name, item) for item in value]
    if isinstance(value, tuple):
        return {"tuple": [_frozen(name, item) for item in value]}
    if isinstance(value, dict):
        return {"dict": [[_frozen(name, key), _frozen(name, item)] for key, item in value.items()]}
    raise RunError(
        f"{name}={value!r} is nothing that a file of JSON can hold; give it by name or number, or use pickle"
    )


def _thawed(value: Any) -> Any:
    if isinstance(value, list):
        return [_thawed(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "tuple" in value:
        return tuple(map(_thawed, value["tuple"]))
    return {_thawed(key): _thawed(item) for key, item in value["dict"]}


def _learned(path: Path, stored: Stored) -> Learned:
    kept = read_part(path, "schema.json", StoredContract)
    features = None if kept.schema is None else {column.name: column for column in kept.schema.features}
    fault = fault_of_features(features, kept.preparation)
    if not {*kept.preparation.order, *kept.preparation.categorical_names} <= set(kept.names):
        fault = "an encoder is of no column"
    if fault:
        raise RunError(f"{path} is damaged: schema.json: {fault}; save the estimator again")
    options = ReadOptions(missing=kept.missing, max_rejected=kept.max_rejected)
    spec = replace(kept.preparation.spec, outputs=stored.outputs)
    recipe = recipe_from(stored.recipe, str(path / "estimator.json"))
    networks = _networks(path, (recipe.network, spec), stored.networks)
    contract = Contract(kept.names, kept.schema, kept.preparation, options)
    return Learned(contract, _values(stored), stored.outputs, networks, recipe, stored.choices, stored.rejected)


def _networks(path: Path, plan: tuple[MLPConfig, InputSpec], count: int) -> tuple[nn.Module, ...]:
    """Build the networks and fill them from weights.safetensors, once all are known to be of one size."""
    if not 1 <= count <= MOST_NETWORKS:
        raise RunError(f"{path} is damaged: estimator.json: expected 1 to {MOST_NETWORKS:,} networks, got {count}")
    file = path / "weights.safetensors"
    shapes = {f"{number}.{name}": shape for number in range(count) for name, shape in shapes_of(*plan).items()}
    refuse_others(file, header_of(file), shapes)
    tensors, networks = load_weights(file), []
    for number in range(count):
        start, network = f"{number}.", build("mlp", *plan, 0)
        network.load_state_dict({name.removeprefix(start): tensors[name] for name in tensors if name.startswith(start)})
        networks.append(network.eval())
    return tuple(networks)


def _labels(stored: Labels) -> np.ndarray:
    """An array of labels; its type must be a plain one, and its text no wider than a file of labels needs."""
    kind = np.dtype(stored.kind) if KIND.fullmatch(stored.kind) else None
    if kind is None or kind.itemsize * len(stored.values) > MOST_LABELS:
        raise ValueError(f"expected labels of a plain type, got {stored.kind[:40]!r}")
    return np.array(stored.values, dtype=kind)


def _values(stored: Stored) -> Values | None:
    if stored.values is None:
        return None
    kept = stored.values
    numbers = [np.array(column) for column in (kept.mean, kept.deviation, kept.low, kept.high)]
    if any(len(column) != stored.outputs for column in numbers):
        raise ValueError(f"expected a scale for each of {stored.outputs} outputs")
    return Values(numbers[0], numbers[1], kept.flat, numbers[2], numbers[3])


def _show(estimator: Any, stored: Stored, learned: Learned) -> None:
    if stored.classes is not None:
        estimator.classes_ = _labels(stored.classes)
        if stored.outputs != (1 if len(estimator.classes_) == 2 else len(estimator.classes_)):
            raise ValueError(f"expected an output for each of {len(estimator.classes_)} classes, got {stored.outputs}")
    if stored.feature_names is not None:
        estimator.feature_names_in_ = np.array(stored.feature_names, dtype=object)
    estimator.n_features_in_ = stored.features
    show(estimator, learned, (stored.loss_curve, stored.validation_loss_curve))
