"""Watching a training of skorch's: `NeuralNetClassifier(module, callbacks=[WatchCallback()])`."""

from contextlib import ExitStack
from typing import Any, Literal

from skorch.callbacks import Callback

from netwright.diagnosis.watching.watch import Doctor, listening, prepare


class WatchCallback(Callback):  # type: ignore[misc]
    """Looks on at `fit`; what it saw is in `doctor` afterwards.

    >>> watching = WatchCallback()  # doctest: +SKIP
    >>> NeuralNetClassifier(module, callbacks=[watching]).fit(x, y)  # doctest: +SKIP
    >>> watching.doctor.report()  # doctest: +SKIP
    """

    def __init__(self, every: int | Literal["auto"] = "auto") -> None:
        self.every: int | Literal["auto"] = every
        self.doctor: Doctor | None = None
        self._stack = ExitStack()

    def on_train_begin(self, net: Any, X: Any = None, y: Any = None, **passed: Any) -> None:  # noqa: N803
        """Begin to look on."""
        source = type(net.module_).__name__
        self.doctor = prepare(net.module_, net.optimizer_, every=self.every, source=source)
        self._stack.enter_context(listening(self.doctor))

    def on_train_end(self, net: Any, X: Any = None, y: Any = None, **passed: Any) -> None:  # noqa: N803
        """End it."""
        self._stack.close()
