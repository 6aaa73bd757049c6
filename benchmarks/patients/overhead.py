"""What watching costs: processor seconds of a training with and without it, taken in turn in one run."""

import statistics
import time
from collections.abc import Iterator
from functools import partial

from netwright.diagnosis.faults.healthy import HEALTHY
from netwright.diagnosis.programs import train_program
from netwright.diagnosis.watching import watch

REPEATS = 5
LONGER = 3  # times a program's own epochs: what is done once weighs as in a training of some seconds


def ratios(quick: bool) -> Iterator[tuple[str, float]]:
    """Yield, for each network, the median over pairs of the time with watching over that without."""
    for name, make in list(HEALTHY.items())[: 3 if quick else None]:
        program = make()
        longer = program.but(epochs=LONGER * program.epochs)
        pairs = [(seconds(longer, True), seconds(longer, False)) for _ in range(2 if quick else REPEATS)]
        yield name, statistics.median(watched / plain for watched, plain in pairs)


def seconds(program: object, watched: bool) -> float:
    began = time.process_time()
    train_program(program, 0, partial(watch, probe=False) if watched else None)  # type: ignore[arg-type]
    return time.process_time() - began
