"""Watching a training of Hugging Face's: `Trainer(callbacks=[WatchCallback()])`."""

from contextlib import ExitStack
from typing import Any, Literal

from transformers import TrainerCallback

from netwright.diagnosis.watching.watch import Doctor, listening, prepare


class WatchCallback(TrainerCallback):
    """Looks on at `Trainer.train`; what it saw is in `doctor` afterwards.

    >>> watching = WatchCallback()  # doctest: +SKIP
    >>> Trainer(model, arguments, train_dataset=rows, callbacks=[watching]).train()  # doctest: +SKIP
    >>> watching.doctor.report()  # doctest: +SKIP
    """

    def __init__(self, every: int | Literal["auto"] = "auto") -> None:
        self.every: int | Literal["auto"] = every
        self.doctor: Doctor | None = None
        self._stack = ExitStack()

    def on_train_begin(self, args: Any, state: Any, control: Any, **passed: Any) -> None:
        """Begin to look on, at the optimizer that Accelerate may have wrapped."""
        model, optimizer = passed["model"], passed["optimizer"]
        inner = getattr(optimizer, "optimizer", optimizer)
        self.doctor = prepare(model, inner, every=self.every, source=type(model).__name__)
        self._stack.enter_context(listening(self.doctor))

    def on_train_end(self, args: Any, state: Any, control: Any, **passed: Any) -> None:
        """End it."""
        self._stack.close()
