"""The live line of a training: epoch, losses, metric, rate and time left."""

import time
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn

from netwright.core.values import EpochRecord, StepRecord

PLAIN_SECONDS = 5.0  # between lines where the terminal cannot redraw one


class LiveLine:
    """Draws on a terminal; prints a line every few seconds elsewhere."""

    def __init__(
        self, console: Console, epochs: int, steps_per_epoch: int, metric: str, budget_ends: float | None
    ) -> None:
        self._console, self._metric = console, metric
        self._epochs, self._steps_per_epoch, self._budget_ends = epochs, steps_per_epoch, budget_ends
        self._started = self._printed = time.monotonic()
        self._first_step = 0
        self._last: EpochRecord | None = None
        columns = (TextColumn("{task.description}"), BarColumn(24), TextColumn("{task.fields[text]}"))
        self._progress = Progress(*columns, console=console, transient=True, refresh_per_second=8)
        self._task: TaskID = self._progress.add_task("training", total=epochs * steps_per_epoch, text="")

    def __enter__(self) -> "LiveLine":
        if self._console.is_terminal:
            self._progress.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, t: TracebackType | None) -> None:
        if self._console.is_terminal:
            self._progress.stop()

    def __call__(self, record: StepRecord | EpochRecord) -> None:
        """Take a record of the training."""
        self._first_step = self._first_step or max(record.step - 1, 1)
        if isinstance(record, EpochRecord):
            self._last = record
        elif not self._console.is_terminal:
            return
        text = self._text(record)
        self._progress.update(self._task, completed=record.step, text=text)
        now = time.monotonic()
        if not self._console.is_terminal and now - self._printed > PLAIN_SECONDS:
            self._printed = now
            self._console.print(f"training: {text}", soft_wrap=True)

    def _text(self, record: StepRecord | EpochRecord) -> str:
        seconds = max(time.monotonic() - self._started, 1e-9)
        rate = max(record.step - self._first_step, 1) / seconds
        left = (self._epochs * self._steps_per_epoch - record.step) / rate
        if self._budget_ends is not None:
            left = min(left, self._budget_ends - time.monotonic())
        parts = [f"epoch {record.epoch}/{self._epochs}", *self._losses(record)]
        return "  ".join([*parts, f"{rate:,.0f} steps/s", f"at most {duration(max(left, 0.0))} left"])

    def _losses(self, record: StepRecord | EpochRecord) -> list[str]:
        loss = record.loss if isinstance(record, StepRecord) else record.train_loss
        parts = [f"loss {loss:.4f}"]
        if self._last is not None and self._last.validation_loss is not None:
            parts.append(f"validation {self._last.validation_loss:.4f}")
        if self._last is not None and self._last.metric is not None:
            parts.append(f"{self._metric} {self._last.metric:.4f}")
        return parts


class CountLine:
    """Networks trained so far, and the time left; drawn as LiveLine is."""

    def __init__(self, console: Console, what: str, budget_ends: float | None) -> None:
        self.what = what
        self._console, self._budget_ends = console, budget_ends
        self._printed = time.monotonic()
        self._ended: list[float] = []  # when a network ended here
        columns = (TextColumn("{task.description}"), BarColumn(24), TextColumn("{task.fields[text]}"))
        self._progress = Progress(*columns, console=console, transient=True, refresh_per_second=8)
        self._task: TaskID = self._progress.add_task(what, total=None, text="")

    def __enter__(self) -> "CountLine":
        if self._console.is_terminal:
            self._progress.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, t: TracebackType | None) -> None:
        if self._console.is_terminal:
            self._progress.stop()

    def __call__(self, done: int, total: int) -> None:
        """Take the count, at the beginning and as each network ends."""
        now = time.monotonic()
        text = f"{done} of {total} done" + self._left(total - done, now)
        self._ended.append(now)
        self._progress.update(self._task, completed=done, total=total, text=text)
        if not self._console.is_terminal and now - self._printed > PLAIN_SECONDS:
            self._printed = now
            self._console.print(f"{self.what}: {text}", soft_wrap=True)

    def _left(self, more: int, now: float) -> str:
        """Estimate from the pace since the first network ended: loading and compiling come before it."""
        if len(self._ended) < 3:
            return ""
        left = (now - self._ended[1]) / (len(self._ended) - 1) * more
        if self._budget_ends is not None:
            left = min(left, max(self._budget_ends - now, 0.0))
        return f", about {duration(left)} left"


def duration(seconds: float) -> str:
    """Return seconds as a person would say them: 8 s, 2 min 05 s, 1 h 10 min."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"
