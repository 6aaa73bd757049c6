"""Watching a training of Lightning's: `Trainer(callbacks=[WatchCallback()])`."""

from contextlib import ExitStack
from typing import Literal

from lightning.pytorch import Callback, LightningModule, Trainer

from netwright.diagnosis.watching.watch import Doctor, listening, prepare, trained_part


class WatchCallback(Callback):
    """Looks on at `Trainer.fit`; what it saw is in `doctor` afterwards.

    >>> watching = WatchCallback()  # doctest: +SKIP
    >>> Trainer(callbacks=[watching]).fit(module, loader)  # doctest: +SKIP
    >>> watching.doctor.report()  # doctest: +SKIP
    """

    def __init__(self, every: int | Literal["auto"] = "auto") -> None:
        self.every: int | Literal["auto"] = every
        self.doctor: Doctor | None = None
        self._stack = ExitStack()

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Begin to look on."""
        source = type(pl_module).__name__
        self.doctor = prepare(trained_part(pl_module), trainer.optimizers, every=self.every, source=source)
        self._stack.enter_context(listening(self.doctor))

    def on_train_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """End it."""
        self._stack.close()

    def on_exception(self, trainer: Trainer, pl_module: LightningModule, exception: BaseException) -> None:
        """End it where training failed."""
        self._stack.close()
