"""Training the networks of one run together: progress, signals, a deadline."""

import signal
import statistics
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace

from netwright.core.errors import Interrupted
from netwright.core.interrupts import StopSignal
from netwright.networks import fit_to_rows
from netwright.training.batches import Batches
from netwright.training.config import TrainingConfig
from netwright.training.fit import OUT_OF_TIME
from netwright.training.kinds import Kind
from netwright.training.populations import Member, Trained, fit_population
from netwright.training.session import FitResult
from netwright.training.setbacks import DIVERGED
from netwright.training.stage import Count, Stage, Watch, session_of

ENOUGH = 0.5  # share of the planned epochs that makes a network worth having when the time is short


def make_member(kind: Kind, config: TrainingConfig, batches: Batches, place: tuple[Stage, Watch]) -> Member:
    """Build a network of a kind from its config's seed, to be trained on its own rows, which are as the kind reads."""
    module = kind.build(config.seed)
    fit_to_rows(module, batches.train_inputs, batches.train_targets, config.seed)
    return Member(module, config, batches, session_of(*place))


def cut_short(result: FitResult, config: TrainingConfig) -> bool:
    """Whether a deadline left a network too little time to be as good as the others."""
    return result.stopped_because.startswith(OUT_OF_TIME) or result.planned_epochs < ENOUGH * config.epochs


@dataclass
class Clock:
    """Decides before each network whether there is time for it. Called from the threads that train."""

    stop: StopSignal | None
    deadline: float | None
    seconds: list[float] = field(default_factory=list)  # of networks that ended
    started: list[float] = field(default_factory=list)
    skipped: list[float] = field(default_factory=list)

    def __call__(self) -> bool:
        now = time.monotonic()
        late = self.deadline is not None and bool(self.started) and now + self._needed() >= self.deadline
        leave = late or (self.stop is not None and self.stop.number is not None)
        (self.skipped if leave else self.started).append(now)
        return leave

    def _needed(self) -> float:
        return ENOUGH * statistics.fmean(self.seconds) if self.seconds else 0.0


def train_crew(
    members: Sequence[Member], stage: Stage, watch: Watch, count: Count, ended: Callable[[Trained], object]
) -> None:
    """Train networks side by side; those that the deadline leaves no time for are left out, but never all.

    Args:
        members: with rows and sessions of their own.
        stage: of the run.
        watch: who is told, and when it must end.
        count: what was there before; told on with each network that ends.
        ended: called with each member as it ends, however it ended.

    Raises:
        Interrupted: a signal came; what `ended` kept is there for a resume.
        NetwrightError: a member cannot be trained for a reason that holds for all.
    """
    stop = watch.listener.stop
    clock, done = Clock(stop, watch.deadline), list[Trained]()

    def finished(trained: Trained) -> None:
        done.append(trained)
        if trained.result is not None:
            clock.seconds.append(trained.result.seconds)
        ended(trained)
        watch.listener.counted(replace(count, done=count.done + len(done)))

    with stop.deferred() if stop else nullcontext():
        watch.listener.counted(count)
        fit_population(members, stage.parts.batches()[0], None, finished, clock)
    number = stop.number if stop else None
    if number is not None or len(done) + len(clock.skipped) < len(members):  # Ctrl-C without a listener
        raise Interrupted(number or signal.SIGINT, f"go on with: netwright fit --resume {stage.folder}")

    wrong = [trained.error for trained in done if trained.error and not str(trained.error).startswith(DIVERGED)]
    if wrong:
        raise wrong[0]
