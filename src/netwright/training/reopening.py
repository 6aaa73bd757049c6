"""A finished run with its rows again: what was trained on what, so that it can be trained on once more."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from netwright.core.errors import RunError
from netwright.training.job import fingerprint_of
from netwright.training.material import Material, Reading, gather
from netwright.training.parts import deal, prepare_parts
from netwright.training.recipe import Recipe, recipe_from, refuse_pipes
from netwright.training.run_directory import RunInfo, check_run, read_contract, read_part
from netwright.training.settings import read_recipe
from netwright.training.stage import Stage
from netwright.training.unchanged import refuse_changed, refuse_edited


@dataclass(frozen=True)
class Regathered:
    """A finished run with its rows as they were read and split, not yet prepared."""

    info: RunInfo
    recipe: Recipe
    material: Material


def reopen(folder: Path, source: Any = None, reading: Reading | None = None) -> Stage:
    """Read a run and its rows, split and prepared as they were.

    Args:
        folder: the run directory.
        source: the frame or arrays again, where the run was fitted on data in memory.
        reading: told of the progress.

    Raises:
        RunError: the run is damaged, or its recipe or its data changed since.
    """
    again = regather(folder, source, reading)
    recipe, info = again.recipe, again.info
    if str(recipe.network.activation).startswith("python:"):
        raise RunError(f"{folder} was fitted with a Python function as activation, which a file cannot hold")
    contract = read_contract(folder)
    material = replace(again.material, schema=contract.schema, choices=info.choices)
    parts = prepare_parts(material, contract.preparation, deal(material, recipe.ensemble.folds))
    return Stage(folder, material, recipe, contract.preparation, parts, info)


def regather(folder: Path, source: Any = None, reading: Reading | None = None) -> Regathered:
    """Read a run and its rows, split as they were; arguments and errors as of `reopen`."""
    check_run(folder)
    info = read_part(folder, "run.json", RunInfo)
    refuse_edited(folder, info)
    recipe = recipe_from(read_recipe(folder / "recipe.toml"), str(folder / "recipe.toml"))
    if source is None:
        refuse_pipes(recipe.data, folder / "recipe.toml")
    material = gather(recipe, source, reading)
    refuse_changed(folder, info, fingerprint_of(material), material.rows)
    return Regathered(info, recipe, material)
