"""Runs whose rows stand in a table: numbers, categories, and images, texts or series in columns."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from torch import nn

from netwright.core.evidence import Diagnostics
from netwright.core.values import InputSpec
from netwright.data import Preparation
from netwright.data.transforms.target import Target
from netwright.diagnosis.case import Rows
from netwright.diagnosis.from_run.facts import Facts
from netwright.diagnosis.from_run.module import network_of
from netwright.diagnosis.from_run.objective import Baselines, objective_of
from netwright.diagnosis.from_run.start import start_of
from netwright.networks.layers.dropout import ClassicDropout
from netwright.training.inference import build_module
from netwright.training.recipe import Recipe, recipe_from
from netwright.training.run_directory import RunInfo, StoredEvaluation, part_if_there, read_contract
from netwright.training.settings import read_recipe
from netwright.training.stage import Ready

UNKNOWN_FUNCTION = "python:"  # how an activation that is no name stands in a recipe


@dataclass(frozen=True)
class Guessed:
    """What the test rows, which are drawn as the training rows are, say of guessing."""

    baselines: Baselines = field(default_factory=dict)
    shares: tuple[float, ...] = ()  # of each class; none where they are not known
    truths: tuple[float, ...] = ()  # some targets, in their own unit


def table_facts(folder: Path, info: RunInfo) -> Facts:
    """Read what is known of a run on a table; the network is built again from its seed."""
    recipe = recipe_from(read_recipe(folder / "recipe.toml"), str(folder / "recipe.toml"))
    contract = read_contract(folder)
    stored = part_if_there(folder, "evaluation.json", StoredEvaluation)
    guessed = Guessed() if stored is None else guessed_in(stored)
    return facts_of(recipe, contract.preparation, info.split.get("train", info.rows.used), guessed)


def guessed_in(stored: StoredEvaluation) -> Guessed:
    """Return what an evaluation says of guessing."""
    truths = tuple(truth for truth, _ in stored.diagnostics.residuals)
    return Guessed(stored.evaluation.baselines, shares_in(stored.diagnostics), truths)


def facts_of(recipe: Recipe, preparation: Preparation, train_rows: int, guessed: Guessed) -> Facts:
    """Return the facts of a recipe for prepared rows.

    Args:
        recipe: complete.
        preparation: as it was learnt from the training rows.
        train_rows: how many.
        guessed: from the test rows.
    """
    spec, training = preparation.spec, recipe.training
    objective = objective_of(
        training, preparation.target, preparation.task, guessed.baselines, guessed.shares, guessed.truths
    )
    rows = Rows(seen=train_rows, features=width_of(spec), kind=kind_of(spec))
    if str(recipe.network.activation).startswith(UNKNOWN_FUNCTION):
        return Facts(training, train_rows, objective, rows=rows, dropout=recipe.network.dropout)
    module = build_module(recipe, preparation)
    return Facts(
        training,
        train_rows,
        objective,
        network_of(module, spec),
        rows,
        start_of(module),
        most_dropout(module),
    )


def facts_when_ready(ready: Ready) -> Facts:
    """Return what is known when a training is about to start; the network is not looked into."""
    training, schema = ready.recipe.training, ready.material.schema
    target = Target(schema.target, schema.classes)
    objective = objective_of(training, target, schema.task, ready.yardstick.baselines)
    rows = ready.sizes.get("train", ready.material.rows.used)
    return Facts(training, rows, objective, dropout=ready.recipe.network.dropout)


def shares_in(diagnostics: Diagnostics) -> tuple[float, ...]:
    """Return the share of each class among the test rows, which are drawn as the training rows are."""
    counts = [sum(row) for row in diagnostics.confusion]
    return tuple(count / sum(counts) for count in counts) if sum(counts) else ()


def width_of(spec: InputSpec) -> int:
    return spec.numeric + len(spec.cardinalities) + sum(text.columns for text in spec.texts)


def kind_of(spec: InputSpec) -> Literal["numbers", "images", "tokens", "series"]:
    """Return what most of the input is."""
    if spec.image is not None:
        return "images"
    if spec.series is not None:
        return "series"
    return "tokens" if spec.texts else "numbers"


def most_dropout(module: nn.Module) -> float:
    """Return the largest share that a layer silences."""
    layers = (layer for layer in module.modules() if isinstance(layer, nn.Dropout | ClassicDropout))
    return max((float(layer.p) for layer in layers), default=0.0)
