"""Runs that learn to write on: what their records and their recipe say. The network's inside is not looked at."""

from pathlib import Path

from netwright.diagnosis.case import Objective, Rows
from netwright.diagnosis.from_run.facts import Facts
from netwright.training.language.job import LanguageReady
from netwright.training.language.recipe import LanguageRecipe, language_recipe
from netwright.training.language.run import read_tokenizer
from netwright.training.run_directory import RunInfo
from netwright.training.settings import read_recipe


def text_facts(folder: Path, info: RunInfo) -> Facts:
    """Read what is known of a run of a language model; an epoch of it is so many steps, not a pass over the text."""
    recipe = language_recipe(read_recipe(folder / "recipe.toml"), str(folder / "recipe.toml"))
    return _facts(recipe, info.split.get("train", info.rows.used), read_tokenizer(folder).size)


def facts_of_text_when_ready(ready: LanguageReady) -> Facts:
    """Return what is known when the training of a language model is about to start."""
    material = ready.material
    return _facts(ready.recipe, material.split.sizes["train"], material.tokenizer.size)


def _facts(recipe: LanguageRecipe, characters: int, vocabulary: int) -> Facts:
    objective = Objective(
        task="classes",
        head="identity",
        loss="cross_entropy",
        takes="logits",
        reduction="mean",
        output_shape=(recipe.training.batch_size, vocabulary),
        target_whole=True,
    )
    rows = Rows(seen=characters, features=1, kind="tokens")
    steps = recipe.windows.steps_per_epoch
    return Facts(recipe.training, characters, objective, rows=rows, steps_per_epoch=steps)
