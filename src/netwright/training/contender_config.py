"""Recipes that are trained beside a run's own, as plain values."""

from dataclasses import dataclass, field

from netwright.core.errors import RecipeError
from netwright.data import Numeric
from netwright.networks.feedforward import MLPConfig
from netwright.training.config import TrainingConfig, validate


@dataclass(frozen=True)
class ContenderConfig:
    """Another network with its own training, on the same rows and from the same preparation."""

    numeric: Numeric = "both"  # the views of each number that it reads, of those that the preparation makes
    network: MLPConfig = field(default_factory=MLPConfig)
    training: TrainingConfig = field(default_factory=TrainingConfig)


def validate_contenders(contenders: dict[str, ContenderConfig], numeric: str) -> None:
    """Check ranges, and that each can read what it wants.

    Args:
        contenders: by the name of their recipe, which is known.
        numeric: the preparation's setting, which must make the views that each reads.

    Raises:
        RecipeError: one sentence that names the setting, what was expected and what came.
    """
    for name, contender in contenders.items():
        if numeric != "both" and contender.numeric not in ("both", numeric):
            raise RecipeError(
                f'contenders.{name}.numeric: expected "both" or "{numeric}", which is what preparation.numeric makes, '
                f"got {contender.numeric!r}"
            )
        validate(contender.training)
