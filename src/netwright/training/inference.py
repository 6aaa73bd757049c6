"""From a stored run and new rows to answers, one for every row."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import torch
from numpy.typing import NDArray
from torch import nn

from netwright.core.errors import RunError
from netwright.core.evidence import Calibration
from netwright.core.findings import Finding
from netwright.core.values import Contest, EnsembleSummary, Schema
from netwright.data import FILE, Conformed, Preparation, Table, conform, prepare, read_table
from netwright.networks import build
from netwright.networks.ensemble import Ensemble
from netwright.networks.heads import predictions_from
from netwright.training.ensemble_config import MOST_NETWORKS
from netwright.training.evaluation.conformal import intervals_of, sets_of
from netwright.training.evaluation_config import check_coverage
from netwright.training.kinds import kinds_named
from netwright.training.material import read_options
from netwright.training.parts import inputs_of
from netwright.training.predict import predict_logits
from netwright.training.recipe import Recipe, recipe_from, with_activation
from netwright.training.run_directory import CONTEST, check_run, read_calibration, read_contract, read_part
from netwright.training.settings import read_recipe
from netwright.training.weights import header_of, load_weights, refuse_others

ROWS_AT_ONCE = 65_536


@dataclass(frozen=True)
class Model:
    """A trained network with the contract its inputs must keep."""

    module: nn.Module
    schema: Schema
    preparation: Preparation
    recipe: Recipe
    calibration: Calibration


@dataclass(frozen=True)
class Predictions:
    """One answer for every row of the source, in its order; null where a row could not be read."""

    frame: pl.DataFrame  # "prediction", and "probability_<class>" for classification; "set", or "low" and "high"
    notes: tuple[Finding, ...]  # what was odd about the rows
    rows: int
    unreadable: int
    drift: dict[str, float]  # feature -> population stability index against the rows of training


def load_model(folder: Path, activation: Any = None) -> Model:
    """Rebuild the network of a finished run. Nothing is unpickled: weights are safetensors, the rest JSON and TOML.

    Args:
        folder: the run directory.
        activation: the function that the run was fitted with, where it was a Python function.

    Raises:
        RunError: the run is unfinished, damaged or incomplete.
    """
    check_run(folder)
    recipe = recipe_from(read_recipe(folder / "recipe.toml"), str(folder / "recipe.toml"))
    recipe = recipe if activation is None else with_activation(recipe, activation)
    contract, calibration = read_contract(folder), read_calibration(folder)
    module = _trained(folder, recipe, contract.preparation)
    return Model(module.eval(), contract.schema, contract.preparation, recipe, calibration)


def build_module(recipe: Recipe, preparation: Preparation) -> nn.Module:
    """Build the recipe's own network, initialised from its seed, for inputs as `preparation` makes them."""
    _refuse_unknown_function(recipe.network.activation)
    return build("mlp", recipe.network, preparation.spec, recipe.training.seed)


def _refuse_unknown_function(activation: Any) -> None:
    if isinstance(activation, str) and activation.startswith("python:"):
        name = activation.removeprefix("python:")
        raise RunError(
            f"the run was fitted with the Python function {name!r} as activation, which a file cannot hold; "
            f"pass it again: netwright.load(path, activation={name})"
        )


@dataclass(frozen=True)
class Kept:
    """The networks of a finished run."""

    names: tuple[str, ...]  # of the recipe that each was trained by
    averaged: bool  # whether they stand in an Ensemble, be it of one


def kept_by(folder: Path, recipe: Recipe) -> Kept:
    """Return what a run keeps: fewer networks than asked for where some were left out."""
    own = recipe.preset.recipe
    if recipe.ensemble.networks > 1:
        summary = read_part(folder, "members.json", EnsembleSummary)
        names = tuple(record.recipe or own for record in summary.members if not record.left_out)
        _refuse_number(folder, "members.json", summary.kept)
        if len(names) != summary.kept:
            raise RunError(f"{folder} is damaged: members.json: {summary.kept} networks kept, {len(names)} described")
        return Kept(names, True)
    if not recipe.contenders:
        return Kept((own,), False)
    names = read_part(folder, CONTEST, Contest).chosen
    _refuse_number(folder, CONTEST, len(names))
    return Kept(names, len(names) > 1)


def _refuse_number(folder: Path, part: str, networks: int) -> None:
    if not 1 <= networks <= MOST_NETWORKS:
        raise RunError(f"{folder} is damaged: {part}: expected 1 to {MOST_NETWORKS:,} networks, got {networks}")


def _trained(folder: Path, recipe: Recipe, preparation: Preparation) -> nn.Module:
    """Build the network and fill it from weights.safetensors, once both are known to be of one size."""
    path = folder / "weights.safetensors"
    if not path.exists():
        raise RunError(f"{folder} has no weights.safetensors: the run did not finish; resume it: --resume {folder}")
    kept = kept_by(folder, recipe)
    kinds = kinds_named(recipe, preparation, kept.names)
    for kind in kinds:
        _refuse_unknown_function(kind.network.activation)
    shapes = {
        f"members.{number}.{name}" if kept.averaged else name: shape
        for number, kind in enumerate(kinds)
        for name, shape in kind.shapes().items()
    }
    refuse_others(path, header_of(path), shapes)
    networks = [kind.whole(kind.build()) for kind in kinds]
    module = Ensemble(networks, preparation.spec.task) if kept.averaged else networks[0]
    module.load_state_dict(load_weights(path))
    return module


def answer(model: Model, table: Table, rows: NDArray[np.int64] | None = None) -> NDArray[np.float64]:
    """Return what the network says of rows of a conforming table.

    Returns:
        [n, classes] probabilities, or [n] values in the target's own unit.
    """
    positions = np.arange(table.frame.height) if rows is None else rows
    starts = range(0, max(len(positions), 1), ROWS_AT_ONCE)
    return np.concatenate([_answer_block(model, table, positions[at : at + ROWS_AT_ONCE]) for at in starts])


def _answer_block(model: Model, table: Table, rows: NDArray[np.int64]) -> NDArray[np.float64]:
    inputs = prepare(table, model.schema, model.preparation, rows, with_target=False)
    device = next(model.module.parameters()).device
    tensors = tuple(tensor.to(device) for tensor in inputs_of(inputs))
    logits = predict_logits(model.module, tensors).double().cpu()
    return from_logits(logits, model.preparation, model.calibration.temperature)


def from_logits(logits: torch.Tensor, preparation: Preparation, temperature: float = 1.0) -> NDArray[np.float64]:
    """Turn a head's outputs [n, outputs] into probabilities [n, classes], or values [n] in the target's unit.

    Logits are divided by the temperature. Of averaged probabilities p this gives p^(1/T), made to sum to 1.
    """
    task = preparation.spec.task
    said = predictions_from(logits / temperature, task)
    if task == "regression":
        return np.asarray(preparation.target.decode_prediction(said[:, 0].numpy()))
    return (torch.cat([1 - said, said], dim=1) if task == "binary" else said).numpy()


def read_for(model: Model, source: Any, with_target: bool) -> Conformed:
    """Read new rows and fit them to the model's contract.

    Raises:
        ContractError: a column is missing.
    """
    return conform(read_new(model, source), model.schema, with_target=with_target)


def read_new(model: Model, source: Any) -> Table:
    """Read new rows, each column as the type that training saw."""
    from dataclasses import replace

    names = tuple(column.name for column in model.schema.columns)
    options = replace(read_options(model.recipe.data), columns=names, schema=model.schema)
    return read_table(source, replace(options, max_rejected=1.0))  # every row is counted, read or not


def predict_rows(model: Model, source: Any, coverage: float | None = None) -> Predictions:
    """Answer for every row of a source: rows in = rows out.

    Args:
        model: the network with its contract.
        source: rows with the training columns.
        coverage: add the prediction set, or the ends of the interval, that holds the truth of this share of rows.

    Raises:
        RecipeError: no quantiles are kept for this coverage.
    """
    if coverage is not None:
        check_coverage(coverage, "coverage")
    fitted = read_for(model, source, with_target=False)
    table, notes = fitted.table, fitted.notes
    said = answer(model, table)
    frame = _named(said, model.schema, model.calibration.threshold)
    if coverage is not None:
        frame = frame.with_columns(_covering(said, model, coverage))
        notes = (*notes, *_too_few(model.calibration, coverage))
    if table.is_of_files:
        frame.insert_column(0, table.frame[FILE])
    if table.total != table.frame.height:
        frame = _with_gaps(frame, table)
    return Predictions(frame, notes, table.total, table.total - len(said), fitted.drift)


def _covering(said: NDArray[np.float64], model: Model, coverage: float) -> list[pl.Series]:
    """Return "low" and "high", null where there are too few rows for an interval, or "set", a list of labels."""
    quantile = model.calibration.quantile(coverage)
    if model.schema.task == "regression":
        ends = zip(("low", "high"), intervals_of(said, quantile), strict=True)
        return [pl.Series(name, end).replace([-np.inf, np.inf], None) for name, end in ends]
    labels = labels_of(model.schema)
    distinct, place = np.unique(sets_of(said, quantile), axis=0, return_inverse=True)
    sets = pl.Series("set", [labels.filter(kept.tolist()).to_list() for kept in distinct], pl.List(labels.dtype))
    return [sets[place.ravel().tolist()]]


def _too_few(calibration: Calibration, coverage: float) -> tuple[Finding, ...]:
    if calibration.quantile(coverage) is not None:
        return ()
    held = f"{calibration.rows:,} validation rows are too few for sets or intervals that hold {coverage:.0%} of truths"
    evidence = f"{held}, so each holds everything; ask for a lower coverage or train with more validation rows"
    return (Finding("predict.coverage", "warning", "Too few rows to promise this coverage", evidence),)


def _named(said: NDArray[np.float64], schema: Schema, threshold: float) -> pl.DataFrame:
    if schema.task == "regression":
        return pl.DataFrame({"prediction": said})
    classes = (said[:, 1] > threshold).astype(np.int64) if schema.task == "binary" else said.argmax(axis=1)
    chosen = labels_of(schema)[classes.tolist()]
    columns = {f"probability_{name}": said[:, k] for k, name in enumerate(schema.classes)}
    return pl.DataFrame({"prediction": chosen, **columns})


def labels_of(schema: Schema) -> pl.Series:
    """Return the classes as they stood in the target: whole numbers and truth values are no text."""
    labels = pl.Series("prediction", schema.classes)
    if all(name in ("true", "false") for name in map(str.lower, schema.classes)):
        return labels.str.to_lowercase() == "true"
    numbers = labels.cast(pl.Int64, strict=False)
    same = numbers.cast(pl.String) == labels  # "01" is a name, "1" a number
    return numbers if not numbers.null_count() and same.all() else labels


def _with_gaps(frame: pl.DataFrame, table: Table) -> pl.DataFrame:
    """Give rows that could not be read a line of nulls at their place."""
    every = pl.DataFrame({"row": np.arange(1, table.total + 1)})
    known = frame.with_columns(pl.Series("row", table.row))
    found = every.join(known, on="row", how="left", maintain_order="left")
    if table.is_of_files:
        others = {item.row: item.value for item in table.rejected}
        names = found["row"].replace_strict(others, default=None, return_dtype=pl.String)
        found = found.with_columns(found[FILE].fill_null(names))
    return found.drop("row")
