"""Steps on a GPU without Python between their kernels: recorded once as CUDA graphs, then replayed.

A step of a small network is some hundred kernels of a few microseconds each, and to launch one takes Python longer than
the GPU needs for it. Two graphs are recorded: the forward and backward pass of a full batch, and the update that
follows. Between them the host reads the loss, so that a step is skipped as on a CPU. What the host changes from step to
step (rows, learning rate, decay) lies in tensors that the graphs read.

Not recorded are batches of another size, and steps whose layers are watched: they are computed as they come, with the
same update. What cannot be recorded is trained without graphs, and the training's notes say so.

Source: V. Nguyen and others, Accelerating PyTorch with CUDA Graphs, 2021.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from netwright.training.batches import Gathered
from netwright.training.config import TrainingConfig
from netwright.training.optimizers import is_recordable

WARM_UP = 3  # passes before recording, in which libraries make their workspaces
KNOWN = ("torch.nn.", "netwright.")  # modules whose forward pass decides nothing on the host, unless they say so

Compute = Callable[[Gathered], Tensor]  # fills the gradients of some rows, returns the mean loss
Apply = Callable[[Tensor, Tensor], None]  # updates by a learning rate and a factor of the decay


@dataclass(frozen=True)
class Passes:
    """A recorded forward and backward pass."""

    graph: torch.cuda.CUDAGraph
    rows: tuple[Tensor, ...]  # that it reads
    loss: Tensor
    gradients: list[Tensor | None]


class Recorder:
    """Records the passes and the update of one training's full batches, and replays them."""

    def __init__(self, module: nn.Module, parameters: list[Tensor], rows: int, fuse: bool = False) -> None:
        self.module, self.parameters, self.rows = module, parameters, rows
        self.fused: Callable[..., Tensor] | None = torch.compile(module, dynamic=False) if fuse else None
        self.recording = False
        self.rate, self.decay = (torch.ones((), device=parameters[0].device) for _ in range(2))
        self.passes: Passes | None = None
        self.update_graph: torch.cuda.CUDAGraph | None = None
        self.replayed = False  # whether the last gradients are those of the recorded passes
        self.refused = ""  # why nothing is recorded

    @property
    def ask(self) -> Callable[..., Tensor]:
        """What answers: the module, or while passes are recorded what torch.compile made of it, if that is wanted."""
        return self.fused if self.recording and self.fused is not None else self.module

    def gradients(self, batch: Gathered, compute: Compute, watched: bool) -> Tensor:
        """Fill the gradients of a batch; return its mean loss."""
        self.replayed = False
        if watched or self.refused or len(batch[1]) != self.rows:
            return compute(batch)
        if self.passes is None:
            self._record(batch, compute)
        if self.passes is None:
            return compute(batch)
        for place, rows in zip(self.passes.rows, _flat(batch), strict=True):
            place.copy_(rows)
        self.passes.graph.replay()
        for parameter, gradient in zip(self.parameters, self.passes.gradients, strict=True):
            parameter.grad = gradient
        self.replayed = True
        return self.passes.loss.clone()

    def update(self, learning_rate: float, decay: float, apply: Apply) -> None:
        """Update the weights along the gradients of the last batch."""
        self.rate.fill_(learning_rate)
        self.decay.fill_(decay)
        if not self.replayed:
            apply(self.rate, self.decay)
            return
        if self.update_graph is None:
            apply(self.rate, self.decay)  # optimizers make their state in their first step
            self.update_graph = torch.cuda.CUDAGraph()
            with torch.cuda.graph(self.update_graph, capture_error_mode="thread_local"):
                apply(self.rate, self.decay)
            return
        self.update_graph.replay()

    def _record(self, batch: Gathered, compute: Compute) -> None:
        """Record the passes; buffers and random numbers are afterwards as if nothing had been computed."""
        device = self.rate.device
        buffers, random = list(self.module.buffers()), torch.cuda.get_rng_state(device)
        kept = [buffer.clone() for buffer in buffers]
        inputs, targets, weights = batch
        rows = tuple(tensor.clone() for tensor in inputs), targets.clone(), None if weights is None else weights.clone()
        self.recording = True
        try:
            self._warm_up(rows, compute)
            graph = torch.cuda.CUDAGraph()
            with torch.cuda.graph(graph, capture_error_mode="thread_local"):
                loss = compute(rows)
            self.passes = Passes(graph, _flat(rows), loss, [parameter.grad for parameter in self.parameters])
        except RuntimeError as error:  # what asks the host, or finds no room
            self.refused = str(error).strip().partition("\n")[0]
            torch.cuda.synchronize(device)
        finally:
            self.recording = False
            self._forget_gradients()
            for buffer, before in zip(buffers, kept, strict=True):
                buffer.copy_(before)
            torch.cuda.set_rng_state(random, device)

    def _warm_up(self, rows: Gathered, compute: Compute) -> None:
        """Compute on a stream of its own, as recording does."""
        current, side = torch.cuda.current_stream(), torch.cuda.Stream()  # type: ignore[no-untyped-call]
        side.wait_stream(current)
        with torch.cuda.stream(side):
            for _ in range(WARM_UP):
                compute(rows)
                self._forget_gradients()
        current.wait_stream(side)

    def _forget_gradients(self) -> None:
        for parameter in self.parameters:
            parameter.grad = None

    @property
    def notes(self) -> tuple[str, ...]:
        """What a user should know."""
        return (f"the steps could not be recorded for the GPU: {self.refused}",) if self.refused else ()


def recorder_for(
    module: nn.Module, parameters: list[Tensor], config: TrainingConfig, rows: int, mixed: bool
) -> Recorder | None:
    """Return a recorder for the steps of full batches of `rows`, or None where there is nothing to win or to record.

    Args:
        module: the network, on its device.
        parameters: those that are trained.
        config: the recipe.
        rows: of a full batch.
        mixed: whether the network draws on the host which images it mixes.
    """
    if config.compile == "off" or not parameters or not parameters[0].is_cuda or mixed:
        return None
    steady = config.accumulate == 1 and config.dropout_schedule == "constant"
    if not (steady and is_recordable(config) and _is_known(module)):
        return None
    return Recorder(module, parameters, rows, config.compile == "full")


def _is_known(module: nn.Module) -> bool:
    return all(
        f"{type(layer).__module__}.".startswith(KNOWN) and not getattr(layer, "asks_host", False)
        for layer in module.modules()
    )


def _flat(batch: Gathered) -> tuple[Tensor, ...]:
    inputs, targets, weights = batch
    return (*inputs, targets) if weights is None else (*inputs, targets, weights)
