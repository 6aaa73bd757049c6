"""Whether and how the learning rate is looked for before training, as plain values."""

from dataclasses import dataclass

from netwright.core.errors import RecipeError

LEAST_STEPS = 20  # fewer leave a hole of more than a third of a power of ten between two rates


@dataclass(frozen=True)
class RateTestConfig:
    """A range test: the rate rises exponentially from `lowest` to `highest`, a step each."""

    run: bool = False
    steps: int = 200
    lowest: float = 1e-6
    highest: float = 10.0


def validate_rate_test(config: RateTestConfig) -> None:
    """Check the ranges.

    Raises:
        RecipeError: one sentence that names the setting, what was expected and what came.
    """
    if config.steps < LEAST_STEPS:
        raise RecipeError(f"rate_test.steps: expected a whole number of at least {LEAST_STEPS}, got {config.steps}")
    if not 0.0 < config.lowest < config.highest < float("inf"):
        raise RecipeError(
            f"rate_test: expected 0 < lowest < highest, got lowest {config.lowest:g} and highest {config.highest:g}"
        )
