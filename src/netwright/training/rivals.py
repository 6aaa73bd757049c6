"""Training the recipe's own network and those of its contenders, side by side where the machine can, and choosing."""

import os
import signal
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path

from torch import nn

from netwright.core.errors import Interrupted, NetwrightError
from netwright.core.interrupts import StopSignal
from netwright.core.values import Contender
from netwright.networks import fit_to_rows
from netwright.networks.ensemble import Ensemble
from netwright.training import member_files
from netwright.training.contest import Entrant, decide
from netwright.training.evaluation.evaluate import truth_of
from netwright.training.fit import fit
from netwright.training.journal import Journal
from netwright.training.kinds import Kind, kinds_of
from netwright.training.one_network import train_one
from netwright.training.populations import one_thread_each
from netwright.training.records import Record
from netwright.training.session import FitResult
from netwright.training.setbacks import DIVERGED
from netwright.training.stage import Count, Outcome, Stage, Watch, logits_of, session_of

OWN_SHARE = 0.6  # of the time left, for the recipe's own network where the others come after it
LOOK = 0.25  # seconds between two looks at how far the others are
NEVER = 1 << 30  # steps between records that nobody reads


@dataclass
class Rival:
    """A contender's network, and how far its training is."""

    kind: Kind
    network: nn.Module  # reads what its kind does
    record: Contender | None = None  # once it has ended
    epoch: int = 0


@dataclass
class Rivals:
    """All of them, and the word that stops them."""

    stage: Stage
    watch: Watch
    every: list[Rival]
    halt: StopSignal = field(default_factory=StopSignal)

    @property
    def records(self) -> list[Contender]:
        """Of those that have ended."""
        return [rival.record for rival in self.every if rival.record is not None]

    def train(self) -> None:
        """Train those that are not on disk yet, one after another."""
        for rival in self.every:
            if rival.record is None:
                _train(rival, self)


def train_rivals(stage: Stage, watch: Watch) -> Outcome:
    """Train a network of each recipe and keep the best, or the average of all.

    Raises:
        RunError: the recipe's own network failed in its first epoch.
        Interrupted: a signal came; there is a checkpoint, and the networks that ended are on disk.
    """
    kinds, stop = kinds_of(stage.recipe, stage.preparation), watch.listener.stop
    rivals = Rivals(stage, watch, [_rival(stage, kind) for kind in kinds[1:]])
    with stop.deferred() if stop else nullcontext():
        own, result = (_train_together if _side_by_side(kinds) else _train_in_turn)(rivals)
    for record in rivals.records:
        Journal(stage.folder).write(f"{record.name} ends: {record.trained}")
    return _choose(rivals, own, result)


def _rival(stage: Stage, kind: Kind) -> Rival:
    network = kind.build()
    return Rival(kind, network, member_files.stored(_path(stage, kind), Contender, network))


def _path(stage: Stage, kind: Kind) -> Path:
    return stage.folder / member_files.MEMBERS / f"{kind.name}.json"


def _side_by_side(kinds: Sequence[Kind]) -> bool:
    """The compiled engine leaves the interpreter to others, and draws nothing from torch's one generator."""
    return (os.cpu_count() or 1) > 1 and all(kind.training.engine == "fused" for kind in kinds)


def _train_in_turn(rivals: Rivals) -> tuple[Outcome, FitResult]:
    ends, now = rivals.watch.deadline, time.monotonic()
    own_ends = None if ends is None else now + OWN_SHARE * max(0.0, ends - now)
    trained = train_one(rivals.stage, replace(rivals.watch, deadline=own_ends))
    with _in_a_thread(rivals) as future:
        _follow(future, rivals)
    return trained


def _train_together(rivals: Rivals) -> tuple[Outcome, FitResult]:
    with one_thread_each(), _in_a_thread(rivals) as future:
        trained = train_one(rivals.stage, rivals.watch, networks=1 + len(rivals.every))
        _follow(future, rivals)
    return trained


@contextmanager
def _in_a_thread(rivals: Rivals) -> Iterator["Future[None]"]:
    """Train the others in a thread of their own, which ends soon after whatever ends the block."""
    with ThreadPoolExecutor(1) as pool:
        try:
            yield pool.submit(rivals.train)
        except BaseException as error:
            rivals.halt.number = getattr(error, "signal_number", signal.SIGINT)
            raise


def _follow(future: "Future[None]", rivals: Rivals) -> None:
    """Say how far the others are until they end; pass on a signal."""
    listener, told = rivals.watch.listener, None
    while not future.done():
        if listener.stop is not None and listener.stop.number is not None:
            raise Interrupted(listener.stop.number, f"go on with: netwright fit --resume {rivals.stage.folder}")
        count = next((_count(rival) for rival in rivals.every if rival.record is None and rival.epoch), told)
        if count is not None and count != told:
            listener.counted(count)
        told = count
        wait([future], timeout=LOOK)
    future.result()


def _count(rival: Rival) -> Count:
    return Count(f"epochs of {rival.kind.name}", rival.epoch, rival.kind.training.epochs)


def _train(rival: Rival, rivals: Rivals) -> None:
    """Train one; what it came to is on disk afterwards."""
    kind, stage, network = rival.kind, rivals.stage, rival.network
    batches = kind.narrow(stage.parts).batches()[0]
    fit_to_rows(network, batches.train_inputs, batches.train_targets, kind.training.seed)
    session = replace(
        session_of(stage, rivals.watch),
        stop=rivals.halt,
        deadline=_deadline(rivals),
        networks=1 + len(rivals.every),
    )

    def heard(record: Record) -> None:
        rival.epoch = record.epoch

    quiet = replace(kind.training, statistics=False, record_every=NEVER)
    try:
        result = fit(network, batches, quiet, (heard,), session)
        said = f"{result.stopped_because}; the weights of epoch {result.best_epoch} are kept"
        failed = result.stopped_because.startswith(DIVERGED)
        rival.record = Contender(kind.name, None, None, 0, result.seconds, said, failed)
    except NetwrightError as error:
        if isinstance(error, Interrupted):
            raise
        rival.record = Contender(kind.name, None, None, 0, 0.0, str(error), failed=True)
    member_files.store(_path(stage, kind), rival.record, network)


def _deadline(rivals: Rivals) -> float | None:
    """Share the time that is left out to those that are still to come."""
    ends, now = rivals.watch.deadline, time.monotonic()
    return None if ends is None else now + (ends - now) / (len(rivals.every) - len(rivals.records))


def _choose(rivals: Rivals, own: Outcome, result: FitResult) -> Outcome:
    stage, yardstick = rivals.stage, rivals.watch.yardstick
    rows = stage.parts.validation

    def entrant(name: str, module: nn.Module, seconds: float, trained: str) -> Entrant:
        return Entrant(name, module, logits_of(module, rows), seconds, trained)

    entrants = [entrant(stage.recipe.preset.recipe, own.module, result.seconds, own.ended)]
    modules = {rival.kind.name: rival.kind.whole(rival.network) for rival in rivals.every}
    failed = [record for record in rivals.records if record.failed]
    entrants += [
        entrant(record.name, modules[record.name], record.seconds, record.trained)
        for record in rivals.records
        if not record.failed
    ]
    contest = decide(entrants, failed, truth_of(rows, stage.preparation), (stage, yardstick))
    Journal(stage.folder).write(contest.verdict)
    kept = [entrant.module for entrant in entrants if entrant.name in contest.chosen]
    module = Ensemble(kept, yardstick.task).eval() if len(kept) > 1 else kept[0]
    return replace(own, module=module, ended=f"{own.ended}; {contest.verdict}", contest=contest)
