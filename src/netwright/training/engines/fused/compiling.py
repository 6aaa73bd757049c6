"""Compiling the interpreter in a process of its own: `python -m netwright.training.engines.fused.compiling float32`.

A process that has just compiled runs other code than one that loads it: kernels compiled on their own take the places
of those inside the interpreter, whose rounding differs in the last bit. So whoever needs code that is not on disk has
another process put it there, and a first run is, bit for bit, what every later one is.
"""

import gc
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numba.core.codegen import JITCodeLibrary

from netwright.training.engines.fused.cache import folder
from netwright.training.engines.fused.compiled import bound, is_known, signature_of
from netwright.training.engines.fused.interpreter import run_steps
from netwright.training.engines.fused.table import Data, Memory, Program, Rule

MOST_SECONDS = 600


_LOADING = threading.Lock()


def arguments_for(dtype: Any) -> tuple[Any, ...]:
    """Return empty arguments of `run_steps` of the types that a training of this precision hands over."""
    real, whole, double = np.zeros(0, dtype), np.zeros(0, np.int64), np.zeros((0, 0))
    words, rows = np.zeros((0, 0), np.int64), np.zeros((0, 0), dtype)
    program = Program(table=words, numbers=double, hidden=words, segments=double, logits=0, outputs=0, members=1)
    memory = Memory(*[*[real] * (len(Memory._fields) - 1), double])
    data = Data(rows, words, rows, whole, real, real, whole, whole, whole, whole)
    rule = Rule(0, 0, 0.0, 0.0, 0.0, 0.0, 0.0, False, 0.0, 0.0, 0.0, 0.0, 0.0, 0, 0, 0)
    return program, memory, data, rule, (0, 0, 0, 0), np.empty((4, 1))


def compile_apart(dtype: Any) -> None:
    """Have another process compile for this precision. Where none can be started, the caller compiles for itself."""
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(folder().parent), "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-m", __spec__.name, np.dtype(dtype).name]
    try:
        subprocess.run(command, env=environment, check=False, capture_output=True, timeout=MOST_SECONDS)
    except (OSError, subprocess.TimeoutExpired):
        return


def steps_for(dtype: Any) -> Callable[..., Any]:
    """Return the machine code of `run_steps` for this precision; loaded once a process, whoever asks first.

    Numba's own loading is not safe between threads: "generator already executing" came of two networks at a time.
    """
    with _LOADING:
        return _load(dtype)


@cache
def _load(dtype: Any) -> Callable[..., Any]:
    arguments = arguments_for(dtype)
    if not is_known(run_steps, *arguments):
        compile_apart(dtype)
    return bound(run_steps, *arguments)


def compile_here(dtype: Any) -> None:
    """Compile for this precision, and leave the process to its end: what it would run is not what is on disk."""
    gc.disable()  # a compilation makes millions of objects that live as long as it does
    _optimize_once(run_steps.__name__)
    entry: Any = run_steps
    entry.compile(signature_of(*arguments_for(dtype)))


def _optimize_once(name: str) -> None:
    """Optimise the function `name` alone, with the kernels inside it: on their own nobody will run them.

    Numba optimises every function it compiles and has no switch for it; this saves a third of the time.
    """
    optimize: Any = JITCodeLibrary._optimize_final_module

    def only_the_last(library: Any) -> None:
        if library.name == name:
            optimize(library)

    JITCodeLibrary._optimize_final_module = only_the_last  # type: ignore[method-assign]


if __name__ == "__main__":
    compile_here(sys.argv[1])
