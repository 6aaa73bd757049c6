"""What `fit` asks of an engine: a stretch of steps within one epoch, at the end of which the training state is whole.

An engine is a context (what it sets for the process is put back) with three calls: `begin_epoch`, then `run` as often
as it takes, then `measure`. Weights, running statistics, optimizer state and averages are those of TrainingState before
and after each.
"""

from collections.abc import Sequence
from types import TracebackType
from typing import NamedTuple, Protocol, runtime_checkable

from torch import Tensor

from netwright.core.values import LayerStatistics


class Stretch(NamedTuple):
    """Consecutive steps of one epoch."""

    first: int  # number of the first batch in the epoch, from 0
    step: int  # optimizer steps taken before
    rates: Sequence[float]  # the learning rate of each step
    measured: bool  # whether the gradient's norm and the layers' statistics of the last step are wanted
    updates: int  # of the optimizer before; fewer than steps where some were skipped
    in_a_row: int  # steps skipped just before
    dropout: Sequence[float] = ()  # factor of the share silenced in each step; empty: 1
    decay: Sequence[float] = ()  # factor of the weight decay in each step; empty: 1


class Outcome(NamedTuple):
    """What the steps had to say."""

    losses: Tensor  # (steps,) mean loss of each batch, NaN where a step was skipped; of one step, a scalar
    norm: Tensor | float | None  # of the last step's gradient before clipping, if it was wanted
    layers: LayerStatistics | None = None  # of the last step, if they were wanted
    skipped: int = 0  # steps, because their loss was not finite


@runtime_checkable
class Runner(Protocol):
    """An engine at work on one training."""

    name: str
    micro_batches: int  # of a step; more than configured where memory was short

    @property
    def notes(self) -> tuple[str, ...]: ...  # what a user should know of how it trained

    def begin_epoch(self, order: Tensor, first: int) -> None:
        """Take the epoch's order of the rows; the first stretch will begin at batch `first`."""

    def run(self, stretch: Stretch) -> Outcome:
        """Take the steps, or fewer: none after `setbacks.PATIENCE` in a row were skipped."""

    def measure(self) -> tuple[float, Tensor] | None:
        """Return the mean loss over the validation rows and their logits, by the weights that predictions use.

        None: the engine cannot, and the module must be asked.
        """

    def __enter__(self) -> "Runner": ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
