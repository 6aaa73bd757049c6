"""How many networks a run trains, as plain values."""

from dataclasses import dataclass

from netwright.core.errors import RecipeError

MOST_MEMBERS, MOST_FOLDS, MOST_NETWORKS = 100, 100, 1000


@dataclass(frozen=True)
class EnsembleConfig:
    """members x folds networks, averaged into one."""

    members: int = 1  # networks from different seeds, on the same rows
    folds: int = 1  # parts that take turns as validation rows; 1: the split's validation rows, no folds
    learning_curve: bool = False  # afterwards, train on growing shares of the training rows

    @property
    def networks(self) -> int:
        return self.members * self.folds


def validate_ensemble(config: EnsembleConfig) -> None:
    """Check the ranges.

    Raises:
        RecipeError: one sentence that names the setting, what was expected and what came.
    """
    for name, most in (("members", MOST_MEMBERS), ("folds", MOST_FOLDS)):
        value = getattr(config, name)
        if not 1 <= value <= most:
            raise RecipeError(f"ensemble.{name}: expected a whole number from 1 to {most}, got {value}")
    if config.networks > MOST_NETWORKS:
        raise RecipeError(
            f"ensemble: expected at most {MOST_NETWORKS:,} networks, "
            f"got {config.members} members x {config.folds} folds; lower one of them"
        )
