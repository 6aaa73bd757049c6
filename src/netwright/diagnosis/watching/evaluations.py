"""Passes without training: their loss and share of right answers, measured as the training's own."""

import time
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor, nn

from netwright.diagnosis.watching.hashing import row_hashes
from netwright.diagnosis.watching.judging import Judgement, accuracy, measured
from netwright.diagnosis.watching.names import Names
from netwright.diagnosis.watching.origins import Origin
from netwright.diagnosis.watching.reading import Reading, read
from netwright.diagnosis.watching.store import Batch, Store, inputs_of, key_of
from netwright.diagnosis.watching.tape import Entry, Tape, enter, leave
from netwright.diagnosis.watching.targets import task_of

SHARE = 0.005  # of the training's time, for measuring evaluations
ALWAYS = 30  # evaluations that are measured whatever it costs
FEW = 4  # rows at either end of a call that are looked up
MOST = 256  # operations after the output that are looked at


@dataclass
class Measured:
    """What one pass over a loader, or one call, came to."""

    loading: int
    trained: bool = False  # its rows are known from training; of calls without a loader
    rows: int = 0
    judged: int = 0  # rows with a loss
    loss: float = 0.0  # sum over them
    choosing: int = 0  # rows with an answer that can be right
    right: float = 0.0


@dataclass
class Evaluation:
    """What lies between two training steps."""

    step: int  # finished training steps
    passes: list[Measured] = field(default_factory=list)
    wrong_mode: bool = False  # modules with dropout or batch statistics were in training mode


@dataclass
class Evaluations:
    """All of them."""

    names: Names
    found: list[Evaluation] = field(default_factory=list)
    store: Store = field(default_factory=Store)
    known: set[int] = field(default_factory=set)  # hashes of rows that training read
    tape: Tape | None = None
    spent: float = 0.0  # seconds that measuring took
    passing: bool = False  # what is answered now is not measured
    active: bool = False  # a forward pass has begun
    call: tuple[tuple[Any, ...], dict[str, Any]] = ((), {})
    results: list[Tensor] = field(default_factory=list)

    def begin(self, step: int, loading: int, wrong_mode: bool) -> None:
        """Note that a forward pass without gradients begins, after so many training steps."""
        if not self.found or self.found[-1].step != step:
            self.found.append(Evaluation(step))
            dear = self.spent >= SHARE * (time.perf_counter() - self.store.began)
            self.passing = dear and len(self.found) > ALWAYS
        evaluation = self.found[-1]
        evaluation.wrong_mode = evaluation.wrong_mode or wrong_mode
        self.active = True
        if not evaluation.passes or evaluation.passes[-1].loading != loading:
            evaluation.passes.append(Measured(loading))

    def answered(self, results: list[Tensor]) -> None:
        """Look on at what is done with the answers."""
        if self.active:
            self.active = False
            if self.passing:
                return
            self.results = results
            self.tape = after_output(self.names, results)
            enter(self.tape)

    def close(self, judgement: Judgement | None) -> None:
        """Stop looking on, and measure what was answered."""
        if self.tape is None:
            return
        began = time.perf_counter()
        tape, self.tape = self.tape, None
        leave(tape)
        reading = read(tape, self.results, None)
        if reading is not None and judgement is not None:
            self.measure(reading, judgement)
        self.results, self.call = [], ((), {})
        self.spent += tape.seconds + time.perf_counter() - began

    def measure(self, reading: Reading, judgement: Judgement) -> None:
        """Add one batch of answers to the pass that it belongs to."""
        target, output = reading.target, judged_point(reading, judgement)
        if target is None or not self.found:
            return
        rows = len(target) if target.dim() else 1
        done = self._pass_of(rows)
        done.rows += rows
        alike = judgement.outside == (output is not reading.output)
        loss = measured(judgement, output, target) if alike else None
        if loss is not None:
            done.judged, done.loss = done.judged + rows, done.loss + rows * loss
        share = accuracy(output, target, task_of(target, output, judgement.loss), judgement.threshold)
        if share is not None:
            done.choosing, done.right = done.choosing + rows, done.right + rows * share
        self._keep(target, done.loading)

    def _pass_of(self, rows: int) -> Measured:
        """Return the pass that an answered batch belongs to: without a loader, trained rows are apart from others."""
        passes = self.found[-1].passes
        if passes[-1].loading:
            return passes[-1]
        trained = self._trained(rows)
        if not passes[-1].rows:
            passes[-1].trained = trained
        alike = [one for one in passes if not one.loading and one.trained == trained]
        if not alike:
            alike.append(Measured(0, trained))
            passes.append(alike[0])
        return alike[0]

    def _trained(self, rows: int) -> bool:
        """Whether training read the first rows of this call, and the last."""
        inputs, _ = inputs_of(*self.call, rows)
        if not inputs or not self.known or not all(tensor.is_cpu for tensor in inputs):
            return False
        asked = [*row_hashes(tuple(t[:FEW] for t in inputs)), *row_hashes(tuple(t[-FEW:] for t in inputs))]
        return all(entry in self.known for entry in asked)

    def _keep(self, target: Tensor, loading: int) -> None:
        if any(batch.step != self.found[-1].step for batch in self.store.batches):
            return  # the rows of the first evaluation are enough
        inputs, names = inputs_of(*self.call, len(target) if target.dim() else 0)
        if inputs and self.store.due(*self.call):
            batch = Batch(inputs, names, target, self.found[-1].step, loading)
            self.store.take(batch, key_of(*self.call), 0.0)


def judged_point(reading: Reading, judgement: Judgement) -> Tensor:
    """Return the answers as the training's loss judges them: after the head that the user applies, if there is one."""
    return reading.points[-1] if judgement.outside else reading.output


def after_output(names: Names, results: list[Tensor]) -> Tape:
    """Return a tape that follows what the network has answered, and nothing of how."""
    tape = Tape(names)
    tape.entries.append(Entry(0, "network", "other", [], ()))
    for tensor in results:
        tape.origins.note(tensor, Origin(ops=(0,)))
    tape.keeping = True
    return tape


def sensitive(model: nn.Module) -> list[tuple[str, nn.Module]]:
    """Return the modules that act otherwise in training: dropout, and batch statistics."""
    kinds = (nn.modules.dropout._DropoutNd, nn.modules.batchnorm._BatchNorm)
    return [
        (name, module)
        for name, module in model.named_modules()
        if isinstance(module, kinds) and (getattr(module, "p", 1.0) or 0.0) > 0.0
    ]
