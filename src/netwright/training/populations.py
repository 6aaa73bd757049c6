"""Training many networks at once: search, cross-validation, ensembles, paired treatments and learning curves.

Threads share the rows; the fused engine releases the interpreter lock, so that each core trains a network of its own.
Members for the eager engine come after the others, one at a time: their dropout draws from torch's one generator. So a
member's result is what it would be alone.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from threadpoolctl import threadpool_limits
from torch import nn

from netwright.core.errors import Interrupted, NetwrightError
from netwright.training.batches import Batches
from netwright.training.config import TrainingConfig
from netwright.training.engines.choice import choose_engine
from netwright.training.fit import FitResult, Session, fit


@dataclass(frozen=True)
class Member:
    """One network to train, on its own rows or on the population's."""

    module: nn.Module
    config: TrainingConfig
    batches: Batches | None = None
    session: Session | None = None  # without signals: those belong to the population


@dataclass(frozen=True)
class Trained:
    """What came of one member; either a result or the error that ended it."""

    number: int  # position among the members
    result: FitResult | None
    error: NetwrightError | None = None


def fit_population(
    members: Sequence[Member],
    batches: Batches,
    threads: int | None = None,
    finished: Callable[[Trained], object] | None = None,
    skip: Callable[[], bool] | None = None,
) -> list[Trained]:
    """Train every member's module in place and return what came of each, in the members' order.

    Ctrl-C starts no further member, waits for those in progress, and returns what is finished.

    Args:
        members: networks with their recipes; the same or different architectures, seeds, folds.
        batches: rows for members that bring none of their own; shared, never copied.
        threads: members at once; None: one for each core.
        finished: called in this thread with each member as it ends.
        skip: asked before each member begins, in its thread; True leaves the member out.

    Returns:
        One entry a finished member. A member that fails leaves its error there and does not stop the others. One that
        was left out, or that a signal to its session stopped, has no entry.
    """
    fused = [_is_fused(member, batches) for member in members]
    done: dict[int, Trained] = {}
    with _one_thread_each():
        for chosen, width in ((True, threads or os.cpu_count()), (False, 1)):
            numbers = [number for number, kind in enumerate(fused) if kind == chosen]
            with ThreadPoolExecutor(width) as pool:
                waiting = [pool.submit(_train, number, members[number], batches, skip) for number in numbers]
                try:
                    for trained in filter(None, map(Future.result, as_completed(waiting))):
                        done[trained.number] = trained
                        if finished is not None:
                            finished(trained)
                except KeyboardInterrupt:
                    done.update((trained.number, trained) for trained in _finish(waiting))
                    break
    return [done[number] for number in sorted(done)]


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Members share the cores, not their products; torch's settings and generator are put back afterwards."""
    before = torch.get_num_threads()
    with threadpool_limits(1, user_api="blas"), torch.random.fork_rng([]):
        torch.set_num_threads(1)
        try:
            yield
        finally:
            torch.set_num_threads(before)


def _is_fused(member: Member, batches: Batches) -> bool:
    task = member.session.task if member.session else None
    try:
        return choose_engine(member.module, member.config, member.batches or batches, task)[0] == "fused"
    except NetwrightError:
        return False  # training it will say what is wrong


def _train(number: int, member: Member, batches: Batches, skip: Callable[[], bool] | None) -> Trained | None:
    if skip is not None and skip():
        return None
    try:
        result = fit(member.module, member.batches or batches, member.config, (), member.session)
    except NetwrightError as error:
        return Trained(number, None, error)
    except Interrupted:
        return None  # the caller holds the signal
    return Trained(number, result)


def _finish(waiting: list["Future[Trained | None]"]) -> list[Trained]:
    begun = [future for future in waiting if not future.cancel()]
    return [trained for trained in map(Future.result, begun) if trained is not None]
