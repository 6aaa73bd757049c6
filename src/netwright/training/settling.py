"""What is known before anything is written or trained: rows, recipe, preparation and arrays."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from netwright.core.errors import SchemaError
from netwright.core.values import Choice
from netwright.data import Preparation, fit_preparation
from netwright.training.config import validate
from netwright.training.contender_config import validate_contenders
from netwright.training.defaults import ask, complete
from netwright.training.ensemble_config import validate_ensemble
from netwright.training.evaluation_config import validate_evaluation
from netwright.training.image_choices import image_choices
from netwright.training.material import Material, Reading, gather
from netwright.training.parts import Parts, Rows, deal, learnt_from, prepare_parts, rows_held, rows_of_one
from netwright.training.presets import FEW_SERIES, FOLDS_OF_FEW, Reads
from netwright.training.rate_test_config import validate_rate_test
from netwright.training.recipe import Recipe
from netwright.training.stage import Request
from netwright.training.text_choices import text_choices


@dataclass(frozen=True)
class Settled:
    """Rows, and a recipe that leaves nothing open but the engine."""

    material: Material
    folds: tuple[Rows, ...]
    recipe: Recipe
    preparation: Preparation
    choices: tuple[Choice, ...]
    parts: Parts


def settle_job(request: Request, reading: Reading | None = None) -> Settled:
    """Read the rows, complete the recipe from them, and prepare them; nothing is written.

    Raises:
        NetwrightError: the user can mend it.
    """
    asked = ask(request.settings)
    validate(asked.training)
    validate_ensemble(asked.ensemble)
    validate_rate_test(asked.rate_test)
    validate_evaluation(asked.evaluation)
    material = gather(asked, request.source, reading)
    validate_evaluation(asked.evaluation, material.schema.task)
    reads = _reads(material)
    folds = deal(material, ask(request.settings, reads).ensemble.folds)
    learnt, held = rows_of_one(material, folds), rows_held(material, folds)
    recipe, choices = complete(request.settings, material.schema.task, learnt, held, reads)
    recipe = replace(recipe, data=_resolved(recipe, material))
    validate(recipe.training)
    validate_contenders(recipe.contenders, recipe.preparation.numeric)
    rows = learnt_from(material, folds)
    preparation = fit_preparation(material.table, material.schema, rows, recipe.preparation)
    choices = (*choices, *text_choices(preparation, material.table, rows), *image_choices(preparation, recipe))
    parts = prepare_parts(material, preparation, folds)
    return Settled(material, folds, recipe, preparation, choices, parts)


def _reads(material: Material) -> Reads:
    kinds = {column.kind for column in material.schema.features}
    if "image" in kinds:
        return "image"
    if "series" not in kinds:
        return "text" if "text" in kinds else "table"
    few = material.sizes["train"] + material.sizes["validation"] in FEW_SERIES
    return "few series" if few and _can_be_dealt(material) else "series"


def _can_be_dealt(material: Material) -> bool:
    """Whether each fold gets rows of every class: where one has too few, nobody asked for folds."""
    try:
        return bool(deal(material, FOLDS_OF_FEW))
    except SchemaError:
        return False


def _resolved(recipe: Recipe, material: Material) -> Any:
    """Paths become absolute and the target a name, so that the recipe means the same from anywhere."""
    return replace(
        recipe.data,
        source=_absolute(recipe.data.source) or material.table.source,
        test=recipe.data.test and _absolute(recipe.data.test),
        target=material.schema.target,
    )


def _absolute(source: str) -> str:
    return source if not source or source.startswith("@") else str(Path(source).absolute())
