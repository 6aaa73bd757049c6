"""Probes in order of usefulness, as many as a budget of seconds holds."""

import functools
import math
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import nn

from netwright.diagnosis.altering import apply
from netwright.diagnosis.case import Trial
from netwright.diagnosis.illness import Change
from netwright.diagnosis.probes.cost import step_seconds
from netwright.diagnosis.probes.reference import reference
from netwright.diagnosis.programs.program import Outcome, Program, Sample
from netwright.diagnosis.programs.running import train_program

MOST_ROWS = 2000
MOST_HELD_OUT = 1000
SHARES = 8.0  # a budget holds about that many trainings of the full length
FEWEST_STEPS = 40
LATE = 3.0  # times the budget, after which no probe begins, should the estimate of a step be far off
GOOD = 0.9  # score above which a training that a plain reference does not beat is not tried for longer
ENOUGH = 0.05  # of a score, by which they must be better
SEEDS = 3  # of the training as it is, where they fit

# What a foreign network or loss raises, should it not take other rows, batches or targets than it was written for.
FOREIGN = (RuntimeError, ValueError, TypeError, IndexError, KeyError, AttributeError, AssertionError, ArithmeticError)

# A rate far off is tried only where the nearer one was no worse than the other way; where nothing moves, both are.
BEYOND = {
    "learning_rate x 100": ("learning_rate x 10", "learning_rate x 0.1"),
    "learning_rate x 0.01": ("learning_rate x 0.1", "learning_rate x 10"),
    "learning_rate x 1000": ("learning_rate x 100", "learning_rate x 10"),
    "learning_rate x 0.001": ("learning_rate x 0.01", "learning_rate x 0.1"),
}
LARGEST = 10.0  # rate that is tried
NARROW = 16  # units of a hidden layer: beyond, width is seldom what lacks

Probe = Callable[[Program], Program | None]


def changed(setting: str, value: object) -> Probe:
    """Return a probe that makes one change."""
    return lambda program: apply(program, Change(setting, value, ""))


def one_batch(program: Program) -> Program | None:
    """Train on one batch over and over with Adam: whatever can learn at all learns it by heart."""
    few = program.rows.at(torch.arange(min(program.batch_size, 32, program.rows.rows)))
    adam = apply(program, Change("optimizer", "adam", "")) or program
    return adam.but(rows=few, validation=None, batch_size=few.rows, epochs=max(1, program.steps), most_steps=None)


def scaled_inputs(program: Program) -> Program | None:
    """Scale the inputs, where that changes them much."""
    first = program.rows.inputs[0]
    if not first.is_floating_point() or (abs(float(first.mean())) < 0.5 and 0.5 < float(first.std()) < 2.0):
        return None
    return apply(program, Change("scale_inputs", True, ""))


def no_decay(program: Program) -> Program | None:
    decayed = float(program.settings.get("weight_decay", 0.0)) > 0.0
    if not decayed and program.penalty is None:
        return None
    return (program.with_settings(weight_decay=0.0) if decayed else program).but(penalty=None)


def wider(program: Program) -> Program | None:
    """Widen the hidden layers, where one is narrow."""
    with torch.random.fork_rng([]):
        network = program.build(0)
    layers = [one for one in network.modules() if isinstance(one, (nn.Linear, nn.Conv2d))][:-1]
    widths = [one.out_features if isinstance(one, nn.Linear) else one.out_channels for one in layers]
    return apply(program, Change("width", 4.0, "")) if min(widths, default=NARROW + 1) <= NARROW else None


PROBES: dict[str, tuple[Probe, float]] = {  # by name what it changes, and its steps in units of the program's own
    "reference": (reference, 1.0),
    "no decay": (no_decay, 1.0),
    "pairing": (changed("pairing", "auto"), 1.0),
    "wider": (wider, 2.0),
    "learning_rate x 0.1": (changed("learning_rate", 0.1), 1.0),
    "learning_rate x 10": (changed("learning_rate", 10.0), 1.0),
    "relu": (changed("activation", "relu"), 1.0),
    "learning_rate x 100": (changed("learning_rate", 100.0), 1.0),
    "learning_rate x 0.01": (changed("learning_rate", 0.01), 1.0),
    "learning_rate x 1000": (changed("learning_rate", 1000.0), 1.0),
    "learning_rate x 0.001": (changed("learning_rate", 0.001), 1.0),
    "adam": (changed("optimizer", "adam"), 1.0),
    "scaled inputs": (scaled_inputs, 1.0),
    "scaled targets": (changed("scale_targets", True), 1.0),
    "kaiming": (changed("initialization", "kaiming"), 1.0),
    "one batch": (one_batch, 1.0),
    "no dropout": (changed("dropout", 0.0), 1.0),
    "epochs x 4": (changed("epochs", 4.0), 4.0),
    "batch_size x 0.1": (changed("batch_size", 0.1), 5.0),
}


@dataclass
class Probing:
    """The probes of one program while they are made."""

    program: Program
    seed: int
    seconds: float
    late: float  # a time of `time.perf_counter` after which none begins
    own: list[Outcome] = field(default_factory=list)
    trials: list[Trial] = field(default_factory=list)
    spent: float = 0.0  # estimated seconds

    @functools.cached_property
    def cost(self) -> float:
        """Estimated seconds of one training."""
        return step_seconds(self.program) * self.program.steps

    @property
    def score(self) -> float:
        return self.own[0].score if self.own[0].score is not None else -math.inf

    @property
    def promising(self) -> bool:
        """Whether a probe shows that there is more to be had; if none of the first does, others would waste time."""
        return any(found.score is not None and found.score - self.score > ENOUGH for found in self.trials)

    def as_it_is(self, *seeds: int) -> None:
        self.own += [train_program(self.program, seed, deadline=self.late) for seed in seeds]
        self.spent += self.cost * len(seeds)

    def pointless(self, name: str) -> bool:
        """Whether a rate far off need not be tried: the nearer one was worse than the other way, or it is absurd."""
        if name not in BEYOND:
            return False
        scores = {found.name: -math.inf if found.score is None else found.score for found in self.trials}
        nearer, other = (scores.get(known, -math.inf) for known in BEYOND[name])
        factor = float(name.split(" x ")[1])
        absurd = factor > 100.0 and factor * float(self.program.settings.get("lr", 1.0)) > LARGEST
        return nearer < other or absurd

    def change(self, name: str) -> None:
        """Make one probe, where it applies, fits into the budget and has not been made."""
        change, length = PROBES[name]
        done = any(found.name == name for found in self.trials)
        over = self.spent + length * self.cost > self.seconds or time.perf_counter() > self.late
        if done or over or self.pointless(name):
            return
        try:
            other = change(self.program)
            outcome = train_program(other, self.seed, deadline=self.late) if other is not None else None
        except FOREIGN:
            return
        if outcome is not None:
            self.trials += [trial(name, outcome)] if outcome.finished else []
            self.spent += length * self.cost


def probe(program: Program | None, seconds: float = 5.0, seed: int = 0) -> tuple[Trial, ...]:
    """Train a program as it is, and with one thing changed at a time, each from the same start, for about `seconds`.

    At most 2,000 rows are read, and no more steps taken than the budget holds. Scores are of the same rows in all
    trials. The same program, seconds and seed give the same trials; the caller's generators are left as they were.
    None, what cannot be trained again, gives no trials.
    """
    if program is None:
        return ()
    late = time.perf_counter() + LATE * seconds
    try:
        probing = Probing(shortened(program, seconds / SHARES), seed, seconds, late)
        probing.as_it_is(seed)
    except FOREIGN:
        return ()
    probing.change("reference")
    if not probing.promising and probing.score < GOOD:
        probing.change("epochs x 4")
    if probing.promising:
        if SEEDS * probing.cost <= 0.2 * seconds:
            probing.as_it_is(*range(seed + 1, seed + SEEDS))
        for name in PROBES:
            probing.change(name)
    return (as_it_is(probing.own), *probing.trials)


def shortened(program: Program, seconds: float) -> Program:
    """Return the program on at most 2,000 rows, with no more steps than fit into about so many seconds."""
    few = program.but(
        rows=first_rows(program.rows, MOST_ROWS),
        validation=program.validation and first_rows(program.validation, MOST_HELD_OUT),
        patience=None,
    )
    most = max(FEWEST_STEPS, int(seconds / step_seconds(few)))
    steps = min(most, program.steps)
    epochs = -(-steps // few.steps_per_epoch)
    return few.but(most_steps=steps, epochs=epochs)


def first_rows(sample: Sample, most: int) -> Sample:
    """Return so many rows, evenly spread over all where there are more."""
    if sample.rows <= most:
        return sample
    return sample.at(torch.linspace(0, sample.rows - 1, most).long())


def as_it_is(outcomes: list[Outcome]) -> Trial:
    scores = [outcome.score for outcome in outcomes]
    known = [score for score in scores if score is not None]
    found = trial("as it is", outcomes[0])
    if len(known) < 2 or len(known) < len(scores):
        return found
    deviation = statistics.stdev(known)
    return Trial(found.name, found.loss, statistics.fmean(known), found.first_loss, found.steps, len(known), deviation)


def trial(name: str, outcome: Outcome) -> Trial:
    first = outcome.losses[0] if outcome.losses else None
    return Trial(name, outcome.loss, outcome.score, first, outcome.steps)
