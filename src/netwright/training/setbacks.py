"""What is done about losses that are not finite: steps are skipped, then the weights go back, then training stops.

A skipped step leaves weights, running statistics and optimizer as they were. After three in a row the weights go back
to the best so far (before there are any, to where they began), the optimizer forgets, and training goes on with the
batches that follow, at a tenth of the rate. If that happens again, training stops.

Source: skipping the batches where the loss jumped is from Chowdhery et al., PaLM, 2022, section 5.1.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from netwright.training.config import TrainingConfig

DIVERGED = "training diverged"  # how a sentence begins that says so
PATIENCE = 3  # steps in a row that are skipped before the weights go back
MOST_RETURNS = 1
SLOWER = 0.1  # factor of the rate after a return


@dataclass
class Setbacks:
    """How often losses were not finite, and what was done."""

    in_a_row: int = 0  # skipped steps up to now
    skipped: int = 0  # in all
    first: int = 0  # number of the first skipped step, from 1
    returns: int = 0  # times that the weights went back
    returned_at: int = 0  # the step after which they did
    returned_to: int = 0  # the epoch whose weights were taken; 0: those of the beginning


def take_note(setbacks: Setbacks, step: int, skipped: Sequence[bool]) -> list[int]:
    """Take in which of the steps after `step` were skipped; return their numbers."""
    numbers = [step + number for number, was in enumerate(skipped, start=1) if was]
    for was in skipped:
        setbacks.in_a_row = setbacks.in_a_row + 1 if was else 0
    setbacks.skipped += len(numbers)
    setbacks.first = setbacks.first or (numbers[0] if numbers else 0)
    return numbers


def is_used_up(setbacks: Setbacks) -> bool:
    """Whether the weights went back as often as they may."""
    return setbacks.returns >= MOST_RETURNS


def slower(setbacks: Setbacks) -> float:
    """Return the factor of the learning rate."""
    return SLOWER**setbacks.returns


def notes_on(setbacks: Setbacks, config: TrainingConfig) -> tuple[str, ...]:
    """Say what was skipped and what was done about it; nothing if nothing was."""
    if not setbacks.skipped and not setbacks.returns:
        return ()
    many = "1 step was" if setbacks.skipped == 1 else f"{setbacks.skipped:,} steps were"
    first = f", the first at step {setbacks.first:,}" if setbacks.skipped else ""
    notes = (f"{many} skipped because the loss was not finite{first}",)
    if not setbacks.returns:
        return notes
    to = f"those of epoch {setbacks.returned_to}" if setbacks.returned_to else "where they began"
    rate = config.learning_rate * slower(setbacks)
    said = f"after step {setbacks.returned_at:,} the weights went back to {to}, and the rate was lowered to {rate:g}"
    return (*notes, f"{said}; {advice_on(config)}")


def advice_on(config: TrainingConfig) -> str:
    """Say what helps against a loss that is no longer finite."""
    return f"lower training.learning_rate (now {config.learning_rate:g}) or set training.clip_norm"
