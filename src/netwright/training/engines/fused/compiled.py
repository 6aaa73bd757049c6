"""How kernels are compiled: with the interpreter lock released, and kept on disk for the next process.

Floating-point rules: sums may be reordered and products contracted, so that loops fill vector registers. NaN and
infinity keep their meaning, because a diverging training is recognised by them.
"""

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar, cast

import numba
from numba import types
from numba.extending import overload

from netwright.training.engines.fused import cache

Kernel = TypeVar("Kernel", bound=Callable[..., Any])
Scalar = Callable[[Any], Any]

RULES = {"reassoc", "contract", "arcp", "nsz", "afn"}
OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "fastmath": RULES, "_nrt": True}
# The caller holds every buffer; counting references to each view of one costs as much as a small layer's arithmetic.
UNCOUNTED: dict[str, Any] = {**OPTIONS, "_nrt": False}
# What only kernels call needs no way in from Python; making one for each takes a third of all compilation.
INNER: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}


def kernel(function: Kernel) -> Kernel:
    """Compile a function that only other kernels call, and that makes no array."""
    return cast(Kernel, numba.njit(**UNCOUNTED, **INNER)(inspect.unwrap(function)))


def ordered(function: Kernel) -> Kernel:
    """Compile a function whose sums must stay as they are written: another order would lose digits."""
    return cast(Kernel, numba.njit(**{**UNCOUNTED, **INNER, "fastmath": {"contract"}})(inspect.unwrap(function)))


def allocating(function: Kernel) -> Kernel:
    """Compile a function that only other kernels call, and that makes arrays of its own."""
    return cast(Kernel, numba.njit(**OPTIONS, **INNER)(inspect.unwrap(function)))


def inlined(function: Kernel) -> Kernel:
    """Compile a function into its one caller: each level of calls above a kernel would optimise its code once more."""
    return cast(Kernel, numba.njit(inline="always", **UNCOUNTED)(inspect.unwrap(function)))


def entry(function: Kernel) -> Kernel:
    """Compile a function that Python calls; its machine code, kernels included, is kept on disk."""
    with _cache_folder():
        return cast(Kernel, numba.njit(cache=True, **UNCOUNTED)(inspect.unwrap(function)))


def signature_of(*arguments: Any) -> tuple[Any, ...]:
    """Return the types of arguments as Numba sees them."""
    return tuple(map(numba.typeof, arguments))


def is_known(function: Callable[..., Any], *arguments: Any) -> bool:
    """Whether machine code for arguments of these types is in this process or on disk."""
    compiled, signature = cast(Any, function), signature_of(*arguments)
    return signature in compiled.overloads or compiled._cache.load_overload(signature, compiled.targetctx) is not None


def bound(function: Callable[..., Any], *arguments: Any) -> Callable[..., Any]:
    """Return the machine code for arguments of these types, without the search by types that every call begins with.

    The search takes five microseconds, a fifth of a small network's step.
    """
    compiled, signature = cast(Any, function), signature_of(*arguments)
    compiled.compile(signature)
    return cast(Callable[..., Any], compiled.overloads[signature].entry_point)


def by_precision(single: Scalar, double: Scalar) -> Callable[[Scalar], Scalar]:
    """Give a scalar function two bodies: one for float32, which a loop can vectorise, one for float64, which is exact.

    The decorated function itself is what Python callers get.
    """
    bodies = {types.float32: inspect.unwrap(single), types.float64: inspect.unwrap(double)}

    def register(function: Scalar) -> Scalar:
        overload(function, jit_options={"fastmath": RULES, "error_model": "numpy"})(lambda x: bodies.get(x))
        return function

    return register


@contextmanager
def _cache_folder() -> Iterator[None]:
    """Point Numba at the engine's own folder while it takes note of where a function is kept."""
    config: Any = numba.config
    before, config.CACHE_DIR = config.CACHE_DIR, str(cache.folder())
    try:
        yield
    finally:
        config.CACHE_DIR = before
