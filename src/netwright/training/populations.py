"""Training many networks at once: search, cross-validation, ensembles, paired treatments and learning curves.

Threads share the rows; the fused engine releases the interpreter lock, so that each core trains a network of its own.
Members for the eager engine come after the others, one at a time: their dropout draws from torch's one generator. So a
member's result is what it would be alone. On a GPU, networks of one architecture are stacked and trained as one.
"""

import os
import statistics
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from threadpoolctl import threadpool_limits
from torch import nn

from netwright.core.devices import choose_device
from netwright.core.errors import Interrupted, NetwrightError
from netwright.training.batches import Batches
from netwright.training.config import TrainingConfig
from netwright.training.engines.choice import LOADING, choose_engine, estimate
from netwright.training.fit import fit
from netwright.training.preflight import task_of
from netwright.training.session import FitResult, Session
from netwright.training.stacked import fit_stacked, stack_key

WORTH_A_THREAD = 2e-3  # seconds of an epoch from which on threads help
ENOUGH_TO_ASK = 32  # members whose epochs say how long epochs are


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


@dataclass(frozen=True)
class Course:
    """Where results go, who hears of each, and who may leave members out."""

    finished: Callable[[Trained], object]
    skip: Callable[[], bool]
    done: dict[int, Trained] = field(default_factory=dict)

    def take(self, trained: Trained) -> None:
        self.done[trained.number] = trained
        self.finished(trained)


def fit_population(
    members: Sequence[Member],
    batches: Batches,
    threads: int | None = None,
    finished: Callable[[Trained], object] | None = None,
    skip: Callable[[], bool] | None = None,
    stacked: bool | None = None,
) -> list[Trained]:
    """Train every member's module in place and return what came of each, in the members' order.

    Ctrl-C starts no further member, waits for those in progress, and returns what is finished.

    Args:
        members: networks with their recipes; the same or different architectures, seeds, folds.
        batches: rows for members that bring none of their own; shared, never copied.
        threads: members at once; None: one for each core, or one for networks so small that they would take turns.
        finished: called in this thread with each member as it ends.
        skip: asked before each member begins, in its thread; True leaves the member out.
        stacked: train networks of one architecture as one (see `stacked.py`); None: on a GPU.

    Returns:
        One entry a finished member. A member that fails leaves its error there and does not stop the others. One that
        was left out, or that a signal to its session stopped, has no entry.
    """
    course = Course(finished or (lambda _: None), skip or (lambda: False))
    alone = set(range(len(members)))
    try:
        for numbers in _stacks(members, batches, stacked):
            _train_stack(numbers, members, batches, course)
            alone -= set(numbers)
        with one_thread_each():
            members = [replace(member, session=_shared(member, len(members))) for member in members]
            width = threads or _width([members[number] for number in sorted(alone)], batches)
            left = _train_on_threads(sorted(alone), members, batches, width, course)
            _train_in_turns(left, members, batches, course)
    except KeyboardInterrupt:
        pass
    return [course.done[number] for number in sorted(course.done)]


def _shared(member: Member, networks: int) -> Session:
    """Let each member know that the others share the cost of loading the fused engine."""
    return replace(member.session or Session(), networks=networks)


def _stacks(members: Sequence[Member], batches: Batches, stacked: bool | None) -> list[list[int]]:
    """Return the members that can be trained as one, at least two at a time."""
    groups: dict[Any, list[int]] = {}
    if batches.train_weights is not None:
        return []
    for number, member in enumerate(members):
        task = member.session.task if member.session else None
        if member.batches is not None or member.session not in (None, Session(task=task)):
            continue
        on_gpu = choose_device(member.config.device)[0].type == "cuda" if stacked is None else stacked
        key = stack_key(member.module, member.config) if on_gpu else None
        if key is not None:
            groups.setdefault((key, task), []).append(number)
    return [numbers for numbers in groups.values() if len(numbers) > 1]


def _train_stack(numbers: list[int], members: Sequence[Member], batches: Batches, course: Course) -> None:
    session = members[numbers[0]].session
    task = (session.task if session else None) or task_of(batches.train_targets)
    device, _ = choose_device(members[numbers[0]].config.device)
    modules = [members[number].module.to(device) for number in numbers]

    def take(place: int, outcome: FitResult | NetwrightError) -> None:
        result, error = (outcome, None) if isinstance(outcome, FitResult) else (None, outcome)
        course.take(Trained(numbers[place], result, error))

    try:
        fit_stacked(modules, [members[number].config for number in numbers], batches, task, take)
    except NetwrightError as error:  # what one of them cannot do, none can
        for place in range(len(numbers)):
            take(place, error)


def _train_on_threads(
    numbers: list[int], members: Sequence[Member], batches: Batches, width: int, course: Course
) -> list[int]:
    """Train those that the fused engine takes; return the numbers of the others.

    Each is asked in its own thread: asking all of them first would keep every other core waiting.
    """
    left: list[int] = []

    def train(number: int) -> Trained | None:
        if _is_fused(members[number], batches):
            return _train(number, members[number], batches, course.skip)
        left.append(number)
        return None

    with ThreadPoolExecutor(width) as pool:
        waiting = [pool.submit(train, number) for number in numbers]
        try:
            for trained in filter(None, map(Future.result, as_completed(waiting))):
                course.take(trained)
        except KeyboardInterrupt:
            course.done.update((trained.number, trained) for trained in _finish(waiting))
            raise
    return sorted(left)


def _train_in_turns(numbers: list[int], members: Sequence[Member], batches: Batches, course: Course) -> None:
    for number in numbers:
        trained = _train(number, members[number], batches, course.skip)
        if trained is not None:
            course.take(trained)


def _width(members: Sequence[Member], batches: Batches) -> int:
    """Return how many members to train at once: one for each core, if epochs are long beside the Python between them.

    Small networks would wait for each other's turn at the interpreter: see benchmarks/measured/small_networks.py.
    """
    some = members[:: max(1, len(members) // ENOUGH_TO_ASK)]
    times = [(estimate(member.module, member.config, member.batches or batches), member.config) for member in some]
    epochs = [(time.fused - LOADING) / config.epochs for time, config in times]
    return os.cpu_count() or 1 if epochs and statistics.median(epochs) > WORTH_A_THREAD else 1


@contextmanager
def one_thread_each() -> Iterator[None]:
    """Members share the cores, not their products; torch's settings and generator are put back afterwards."""
    before = torch.get_num_threads()
    with threadpool_limits(1, user_api="blas"), torch.random.fork_rng([]):
        torch.set_num_threads(1)
        try:
            yield
        finally:
            torch.set_num_threads(before)


def _is_fused(member: Member, batches: Batches) -> bool:
    session, rows = member.session or Session(), member.batches or batches
    try:
        chosen, _ = choose_engine(member.module, member.config, rows, session.task, networks=session.networks)
        return chosen == "fused"
    except NetwrightError:
        return False  # training it will say what is wrong


def _train(number: int, member: Member, batches: Batches, skip: Callable[[], bool]) -> Trained | None:
    if skip():
        return None
    try:
        result = fit(member.module, member.batches or batches, member.config, (), member.session)
    except NetwrightError as error:
        return Trained(number, None, error)
    except Interrupted:
        return None  # the caller holds the signal
    return Trained(number, result)


def _finish(waiting: list["Future[Trained | None]"]) -> list[Trained]:
    """Start no more; wait for those in progress."""
    begun = [future for future in waiting if not future.cancel()]
    return [trained for trained in map(Future.result, begun) if trained is not None]
