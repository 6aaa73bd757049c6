"""Training an estimator's networks on rows in memory: from the beginning, or going on from what was learnt."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl
import torch
from torch import nn

from netwright.core.errors import RecipeError, SchemaError
from netwright.core.seeds import derive_seed
from netwright.core.values import Choice, Rejected, Task
from netwright.data import Shares, Table, allocate, merge_rows, prepare_features
from netwright.networks import build, fit_to_rows
from netwright.sklearn.inputs import Cells, Contract, learn_contract, read_again, read_training
from netwright.sklearn.parameters import NetworkParameters, members_of, same_network, settle
from netwright.sklearn.targets import Values, learn_values
from netwright.sklearn.training import Schooling, train
from netwright.training.batches import Batches
from netwright.training.optimizers import Updater
from netwright.training.recipe import Recipe
from netwright.training.session import FitResult


@dataclass(frozen=True)
class Lesson:
    """What is to be learnt: features, y and how much each row counts."""

    cells: Cells
    y: np.ndarray  # int64 class numbers [rows], or float64 values [rows, outputs]
    weights: np.ndarray  # float64 [rows], of the caller
    task: Task
    outputs: int  # of the network
    flat: bool = True  # y had one dimension
    factors: np.ndarray | None = None  # float64 [classes], on top of the weights
    places: np.ndarray | None = None  # of the rows among those given; None: all, in order
    one_pass: bool = False  # no rows are held out, and the optimizer goes on from its last state

    def at(self, rows: np.ndarray) -> "Lesson":
        """The lesson of some of its rows."""
        cells = replace(self.cells, frame=self.cells.frame[rows])
        places = rows if self.places is None else self.places[rows]
        return replace(self, cells=cells, y=self.y[rows], weights=self.weights[rows], places=places)


@dataclass(frozen=True)
class Learned:
    """What a fitted estimator knows."""

    contract: Contract
    values: Values | None  # of a regression
    outputs: int  # of each network
    networks: tuple[nn.Module, ...]
    recipe: Recipe
    choices: tuple[Choice, ...]
    rejected: tuple[Rejected, ...] = ()  # rows of frames that could not be read
    results: tuple[FitResult, ...] = ()  # of the last call, one a network
    updaters: tuple[Updater, ...] = ()  # of `partial_fit`


def begin(parameters: NetworkParameters, lesson: Lesson, seed: int) -> Learned:
    """Learn from the beginning: the columns, the encoders, y's scale, then the networks.

    Raises:
        NetwrightError: the rows or a setting cannot be used, or training diverged.
    """
    lesson = merged(lesson)
    readable = read_training(lesson.cells, lesson.task, parameters)
    rejected = _placed(readable.rejected, lesson)
    lesson = lesson.at(readable.rows)
    recipe, choices = settle(parameters, lesson.task, len(lesson.y), seed, lesson.one_pass)
    parts = _hold_out(lesson, recipe)
    contract = learn_contract(readable, parts[0], lesson.task, recipe)
    values = None
    if lesson.task == "regression":
        values = learn_values(lesson.y[parts[0]], lesson.weights[parts[0]], lesson.flat)
    networks = _build(recipe, contract, lesson.outputs, members_of(parameters))
    start = Learned(contract, values, lesson.outputs, networks, recipe, choices, rejected)
    return _train(parameters, start, lesson, (readable.table, parts))


def go_on(parameters: NetworkParameters, lesson: Lesson, seed: int, before: Learned) -> Learned:
    """Learn more with the columns, encoders, scale and networks of before; errors as of `begin`.

    Raises:
        RecipeError: the parameters describe another network.
    """
    lesson = merged(lesson)
    table = read_again(lesson.cells, before.contract)
    recipe, choices = settle(parameters, lesson.task, len(lesson.y), seed, lesson.one_pass)
    if not same_network(recipe, before.recipe) or len(before.networks) != members_of(parameters):
        raise RecipeError("expected the network of the fit before to go on from, got parameters of another; fit anew")
    start = replace(before, recipe=recipe, choices=choices)
    return _train(parameters, start, lesson, (table, _hold_out(lesson, recipe)))


def merged(lesson: Lesson) -> Lesson:
    """Merge rows that are the same in features and y: a weight of k and k copies are then one and the same lesson."""
    columns = lesson.y.reshape(len(lesson.y), -1).T
    marks = [pl.Series(f"\0y{number}", np.ascontiguousarray(column)) for number, column in enumerate(columns)]
    rows, weights = merge_rows(lesson.cells.frame.hstack(marks), lesson.weights)
    if len(rows) < 2:
        raise SchemaError("expected at least 2 rows that differ and have a weight, got 1 sample; bring more rows")
    return replace(lesson.at(rows), weights=weights)


def _placed(rejected: tuple[Rejected, ...], lesson: Lesson) -> tuple[Rejected, ...]:
    """Count the rows set aside as the caller does."""
    assert lesson.places is not None
    return tuple(replace(item, row=int(lesson.places[item.row - 1]) + 1) for item in rejected)


def _hold_out(lesson: Lesson, recipe: Recipe) -> tuple[np.ndarray, np.ndarray]:
    """Return the positions of the rows to train on, and of those that early stopping judges by."""
    every, seed = np.arange(len(lesson.y)), derive_seed(recipe.split.seed, "split")
    if not recipe.split.validation:
        return every, every[:0]
    strata = None if lesson.task == "regression" else lesson.y
    parts = allocate(every, strata, Shares(0.0, recipe.split.validation), seed)
    return np.flatnonzero(parts == 0), np.flatnonzero(parts != 0)


def _build(recipe: Recipe, contract: Contract, outputs: int, members: int) -> tuple[nn.Module, ...]:
    spec = replace(contract.preparation.spec, outputs=outputs)
    return tuple(build("mlp", recipe.network, spec, derive_seed(recipe.training.seed, k)) for k in range(members))


def _train(
    parameters: NetworkParameters, start: Learned, lesson: Lesson, rows: tuple[Table, tuple[np.ndarray, np.ndarray]]
) -> Learned:
    batches = _batches(start, lesson, *rows)
    if not start.results:
        for number, network in enumerate(start.networks):
            fit_to_rows(
                network, batches.train_inputs, batches.train_targets, derive_seed(start.recipe.training.seed, number)
            )
    school = Schooling(lesson.task, parameters.threads, bool(parameters.verbose), start.updaters, lesson.one_pass)
    results, choice, updaters = train(start.networks, batches, start.recipe.training, school)
    choices = (*(other for other in start.choices if other.name != choice.name), choice)
    return replace(start, choices=choices, results=results, updaters=updaters)


def _batches(learned: Learned, lesson: Lesson, table: Table, parts: Sequence[np.ndarray]) -> Batches:
    y = lesson.y if learned.values is None else learned.values.encode(lesson.y)
    weights = lesson.weights if lesson.factors is None else lesson.weights * lesson.factors[lesson.y]
    tensors: list[Any] = []
    for rows in parts:
        inputs = prepare_features(table, learned.contract.preparation, rows)
        tensors.append((tuple(map(torch.from_numpy, inputs)), torch.from_numpy(y[rows]), _weights(weights[rows])))
    (inputs, targets, own), (held_inputs, held_targets, held) = tensors
    return Batches(inputs, targets, held_inputs, held_targets, own, held)


def _weights(weights: np.ndarray) -> torch.Tensor | None:
    """None where all are the same."""
    return None if not len(weights) or (weights == weights[0]).all() else torch.from_numpy(weights)


def show(estimator: Any, learned: Learned, curves: tuple[list[float], list[float]]) -> None:
    """Set what a fitted estimator shows; `curves` are the mean losses of each epoch, in training and held out."""
    estimator.learned_ = learned
    estimator.loss_curve_, estimator.validation_loss_curve_ = curves
    estimator.n_iter_ = len(curves[0])
    estimator.recipe_, estimator.choices_ = learned.recipe, learned.choices
    estimator.schema_, estimator.rejected_ = learned.contract.schema, learned.rejected
