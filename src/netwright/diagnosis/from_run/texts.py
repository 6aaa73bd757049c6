"""Runs that learn to write on: what their records and their recipe say. The network's inside is not looked at."""

from pathlib import Path

from netwright.diagnosis.case import Objective, Rows
from netwright.diagnosis.from_run.facts import Facts
from netwright.training.language.recipe import language_recipe
from netwright.training.language.run import read_tokenizer
from netwright.training.run_directory import RunInfo
from netwright.training.settings import read_recipe


def text_facts(folder: Path, info: RunInfo) -> Facts:
    """Read what is known of a run of a language model; an epoch of it is so many steps, not a pass over the text."""
    recipe = language_recipe(read_recipe(folder / "recipe.toml"), str(folder / "recipe.toml"))
    vocabulary = read_tokenizer(folder).size
    characters, steps = info.split.get("train", info.rows.used), recipe.windows.steps_per_epoch
    objective = Objective(
        task="classes", head="identity", loss="cross_entropy", takes="logits", reduction="mean",
        output_shape=(recipe.training.batch_size, vocabulary), target_whole=True,
    )  # fmt: skip
    rows = Rows(seen=characters, features=1, kind="tokens")
    return Facts(recipe.training, characters, objective, rows=rows, steps_per_epoch=steps)
