"""A peer in a process of its own, on one core."""

import importlib
import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from peers.work import Epoch, Rows, Work


def alone(module: str) -> Callable[[Work, Rows], Epoch]:
    """Return `module.epoch` as it runs in a process that has the last of this one's cores and lives until the end."""
    cores = {max(os.sched_getaffinity(0))}
    process = ProcessPoolExecutor(1, get_context("spawn"), os.sched_setaffinity, (0, cores))

    def epoch(work: Work, rows: Rows) -> Epoch:
        arrays = tuple(part.numpy() for part in rows)
        return process.submit(_epoch, module, work, arrays).result()

    return epoch


def _epoch(module: str, work: Work, arrays: tuple) -> Epoch:
    done: Epoch = importlib.import_module(module).epoch(work, arrays)
    return done
