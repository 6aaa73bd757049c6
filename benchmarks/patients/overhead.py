"""What watching costs: processor seconds of a training with and without it, taken in turn in one run."""

import math
import statistics
import time
from collections.abc import Iterator
from functools import partial

from netwright.diagnosis.faults.healthy import HEALTHY
from netwright.diagnosis.programs import Program, train_program
from netwright.diagnosis.watching import watch

REPEATS = 5
SECONDS = 10.0  # that a training takes unwatched, about: its epochs are as many as that needs
FEW = 3.0  # the same where only some networks are asked


def ratios(every: int = 1) -> Iterator[tuple[str, float]]:
    """Yield, for each network, the median over pairs of the time with watching over that without."""
    for name, make in list(HEALTHY.items())[::every]:
        longer = lengthened(make(), SECONDS if every == 1 else FEW)
        pairs = [pair(longer, turn % 2 == 1) for turn in range(REPEATS if every == 1 else 2)]
        yield name, statistics.median(watched / plain for watched, plain in pairs)


def lengthened(program: Program, aim: float) -> Program:
    """Return the program with so many epochs that it takes about so many seconds."""
    seconds(program, False)  # the first run of a process takes longer
    return program.but(epochs=math.ceil(program.epochs * aim / seconds(program, False)))


def pair(program: Program, watched_first: bool) -> tuple[float, float]:
    """Return the seconds of a training that is watched and of one that is not, in the order that is asked for."""
    took = {watched: seconds(program, watched) for watched in (watched_first, not watched_first)}
    return took[True], took[False]


def seconds(program: Program, watched: bool) -> float:
    began = time.process_time()
    train_program(program, 0, partial(watch, probe=False) if watched else None)
    return time.process_time() - began
