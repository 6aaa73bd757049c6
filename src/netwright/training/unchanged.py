"""A run goes on only with the recipe and the data that it began with."""

from pathlib import Path

from netwright.core.errors import RunError
from netwright.core.files import sha256_of
from netwright.core.values import RowCount
from netwright.training.run_directory import RunInfo


def refuse_edited(folder: Path, info: RunInfo) -> None:
    """Raise RunError where recipe.toml is not what the run began with."""
    if sha256_of(folder / "recipe.toml") != info.recipe_sha256:
        raise RunError(
            f"{folder}/recipe.toml was edited since the run began, so it cannot go on as the same run; "
            f"start a new one: netwright fit --recipe {folder}/recipe.toml"
        )


def refuse_changed(folder: Path, info: RunInfo, fingerprint: str, rows: RowCount) -> None:
    """Raise RunError where the data, by its fingerprint, is not what the run began with; `rows` are those of now."""
    if fingerprint != info.fingerprint:
        raise RunError(
            f"{info.source} changed since {folder} began ({info.rows.total:,} rows then, {rows.total:,} now), "
            "so the run cannot go on as the same run; restore the data, or start a new run"
        )
