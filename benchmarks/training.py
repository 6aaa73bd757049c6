"""Microseconds per training step of the fused engine, beside what people use, and beside its matrix products alone.

Repeats are interleaved in one run, medians taken, everything on one thread unless a row says otherwise. Then: what
loading costs, where `auto` turns to the eager engine, the default recipe, and many networks at once.
"""

import os
from collections.abc import Iterator

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

import torch
from measured import crossover, loading, observers, recipe, sixteen, small_networks, steps
from rows import Row, report


def measure(quick: bool) -> Iterator[Row]:
    torch.set_num_threads(1)
    for part in (steps, observers, loading, crossover, recipe, sixteen, small_networks):
        yield from part.measure(quick)


if __name__ == "__main__":
    report("Microseconds per training step: the fused engine, its peers and its floor, on one thread", measure)
