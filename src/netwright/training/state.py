"""All that a training remembers from one step to the next, and its way to a checkpoint and back."""

import hashlib
import math
from dataclasses import dataclass, field
from typing import Any

import msgspec
import numpy as np
import torch
from torch import Tensor, nn

from netwright.core.errors import CheckpointError, RecipeError
from netwright.core.values import EpochRecord
from netwright.training.averaging import Average, averaged
from netwright.training.batches import Batches
from netwright.training.checkpoints import Checkpoint
from netwright.training.config import TrainingConfig
from netwright.training.early_stopping import Patience
from netwright.training.optimizers import Updater, restore_updater, updater_tensors
from netwright.training.schedules import Plateau
from netwright.training.setbacks import Setbacks

FREE_TO_CHANGE = (
    "device",
    "engine",
    "compile",
    "threads",
    "checkpoint_every",
    "record_every",
    "statistics",
)  # between a checkpoint and a resume


@dataclass
class Progress:
    """The plain numbers of a training in progress."""

    planned_epochs: int
    step: int = 0  # optimizer steps taken, skipped ones among them
    updates: int = 0  # of the optimizer since it began, or since the weights went back
    epoch: int = 1  # the one in progress, from 1
    step_in_epoch: int = 0
    patience: Patience = field(default_factory=Patience)
    plateau: Plateau = field(default_factory=Plateau)
    setbacks: Setbacks = field(default_factory=Setbacks)
    micro_batches: int = 0  # of a step; more than configured where memory was short
    epochs: list[EpochRecord] = field(default_factory=list)
    seconds: float = 0.0  # trained so far, earlier sessions included
    records_offset: int = 0  # bytes of records.jsonl
    stopped_because: str = ""  # empty while training goes on


@dataclass
class TrainingState:
    """The tensors of a training in progress, and its numbers."""

    module: nn.Module
    updater: Updater
    average: Average | None
    progress: Progress
    best: dict[str, Tensor] = field(default_factory=dict)  # the module's state at the best epoch
    losses: list[Tensor] = field(default_factory=list)  # of this epoch's steps, (steps,) a stretch
    predicting: dict[str, Tensor] | None = None  # the module's state, averages for weights; None: it may move


@dataclass(frozen=True)
class Origin:
    """What a checkpoint must have in common with the training that goes on from it."""

    config: dict[str, Any]
    data: str  # fingerprint of the rows
    torch: str
    threads: int
    engine: str = "eager"  # that trained, whatever the config asks


def origin_of(config: TrainingConfig, batches: Batches, engine: str) -> Origin:
    return Origin(_plain(config), fingerprint(batches), str(torch.__version__), torch.get_num_threads(), engine)


def _plain(config: TrainingConfig) -> dict[str, Any]:
    """Return the settings as a checkpoint holds them: lists, no tuples."""
    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(config))
    return plain


def fingerprint(batches: Batches) -> str:
    """Return a sha256 over every row and its place."""
    digest = hashlib.sha256()
    validation = (*(batches.validation_inputs or ()), batches.validation_targets, batches.validation_weights)
    for tensor in (*batches.train_tensors, *validation):
        if tensor is not None:
            digest.update(f"{tuple(tensor.shape)} {tensor.dtype}".encode())
            digest.update(tensor.detach().cpu().contiguous().flatten().view(torch.uint8).numpy().data)
    return digest.hexdigest()


def beginning_of(state: TrainingState) -> dict[str, Tensor]:
    """Return a copy of the module's state."""
    return {name: tensor.detach().clone() for name, tensor in state.module.state_dict().items()}


def epoch_loss(losses: list[Tensor], sizes: list[int]) -> float:
    """Return the mean over the rows of the steps that were not skipped; NaN where all were."""
    every = torch.cat(losses).cpu().double().numpy()
    rows = np.where(np.isnan(every), 0, sizes[: len(every)])
    return float(np.dot(np.nan_to_num(every), rows) / rows.sum()) if rows.any() else math.nan


def keep_best(state: TrainingState) -> None:
    """Copy what predictions are made of, to where the last copy was: weights or their averages, and buffers."""
    now = state.predicting or predicting(state)
    if state.best:
        torch._foreach_copy_(list(state.best.values()), [now[name] for name in state.best])
    else:
        state.best = {name: tensor.detach().clone() for name, tensor in now.items()}


def go_back(state: TrainingState, beginning: dict[str, Tensor]) -> None:
    """Return to the best weights so far, or where there are none to the beginning; the optimizer forgets."""
    state.module.load_state_dict(state.best or beginning)
    for value in updater_tensors(state.updater).values():
        value.zero_()
    for name, parameter in state.module.named_parameters():
        if state.average is not None:
            state.average[name].copy_(parameter.detach())
    progress, setbacks = state.progress, state.progress.setbacks
    setbacks.returns, setbacks.in_a_row = setbacks.returns + 1, 0
    setbacks.returned_at, setbacks.returned_to = progress.step, progress.patience.best_epoch
    progress.updates = 0


def predicting(state: TrainingState) -> dict[str, Tensor]:
    """Return the module's state with averages, where there are any, in the places of weights."""
    with averaged(state.module, state.average):
        return state.module.state_dict()


def to_checkpoint(state: TrainingState, origin: Origin) -> Checkpoint:
    device = next(state.module.parameters()).device
    tensors = {
        **_prefixed("module", state.module.state_dict()),
        **_prefixed("optimizer", updater_tensors(state.updater)),
        **_prefixed("average", state.average or {}),
        **_prefixed("best", state.best),
        **_prefixed("random", _random_states(device)),
    }
    if state.losses:
        tensors["losses"] = torch.cat(state.losses)
    plain = {"progress": msgspec.to_builtins(state.progress), "origin": msgspec.to_builtins(origin)}
    return Checkpoint(state.progress.step, tensors, plain)


def restore(state: TrainingState, checkpoint: Checkpoint, origin: Origin) -> tuple[str, ...]:
    """Bring `state` and the random generators to where the checkpoint was made; return notes for the user.

    Raises:
        RecipeError: the recipe or the data are not those of the checkpoint.
        CheckpointError: the checkpoint belongs to another network or another version.
    """
    before, progress = _plain_parts(checkpoint)
    _check_same(before, origin)
    try:
        _fill(state, checkpoint.tensors)
    except (RuntimeError, LookupError, TypeError, ValueError) as error:  # of shapes, names and sizes
        first = str(error).strip().partition("\n")[0]
        raise CheckpointError(f"the checkpoint of step {checkpoint.step} is of another network: {first}") from error
    state.progress = progress
    return _no_longer_exact(before, origin)


def _fill(state: TrainingState, tensors: dict[str, Tensor]) -> None:
    state.module.load_state_dict(_under("module", tensors))
    restore_updater(state.updater, _under("optimizer", tensors))
    for name, value in _under("average", tensors).items():
        (state.average or {})[name].copy_(value)
    device = next(state.module.parameters()).device
    best, now = _under("best", tensors), state.module.state_dict()
    if best and {name: value.shape for name, value in best.items()} != {name: now[name].shape for name in now}:
        raise ValueError("the best weights have other shapes")
    state.best = {name: value.to(device) for name, value in best.items()}
    state.losses = [tensors["losses"].to(device)] if "losses" in tensors else []
    _restore_random(_under("random", tensors), device)


def _plain_parts(checkpoint: Checkpoint) -> tuple[Origin, Progress]:
    try:
        plain = checkpoint.state["progress"]
        progress = msgspec.convert({"updates": plain["step"], **plain}, Progress)  # none were skipped in old ones
        _refuse_impossible(progress, checkpoint.step)
        return msgspec.convert(checkpoint.state["origin"], Origin), progress
    except (KeyError, msgspec.ValidationError) as error:
        message = f"the checkpoint of step {checkpoint.step} was made by another version of Netwright ({error})"
        raise CheckpointError(f"{message}; start the training again") from error


def _refuse_impossible(progress: Progress, step: int) -> None:
    counts = (progress.step_in_epoch, progress.epoch - 1, progress.planned_epochs, progress.records_offset)
    if progress.step != step or any(not 0 <= count < 1 << 62 for count in counts):
        raise msgspec.ValidationError("its counts cannot be")


def _check_same(before: Origin, now: Origin) -> None:
    earlier = _plain(TrainingConfig()) | before.config  # settings that its version did not have yet
    for name, value in now.config.items():
        if name not in FREE_TO_CHANGE and earlier[name] != value:
            raise RecipeError(
                f"training.{name} is {value!r} but the checkpoint was made with {before.config.get(name)!r}; "
                "put it back to resume, or start a new training"
            )
    if before.data != now.data:
        raise RecipeError("the rows are not those that the checkpoint was trained on; restore the data or start anew")


def _no_longer_exact(before: Origin, now: Origin) -> tuple[str, ...]:
    names = ("torch", "threads", "engine")
    return tuple(
        f"{name} was {old} and is now {new}: the resumed training is no longer bit for bit the uninterrupted one"
        for name, old, new in ((name, getattr(before, name), getattr(now, name)) for name in names)
        if old != new
    )


def _random_states(device: torch.device) -> dict[str, Tensor]:
    states = {"cpu": torch.get_rng_state()}
    if device.type == "cuda":
        states["cuda"] = torch.cuda.get_rng_state(device)
    return states


def _restore_random(states: dict[str, Tensor], device: torch.device) -> None:
    torch.set_rng_state(states["cpu"])
    if "cuda" in states and device.type == "cuda":
        torch.cuda.set_rng_state(states["cuda"], device)


def _prefixed(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {f"{prefix}.{name}": tensor for name, tensor in tensors.items()}


def _under(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    start = f"{prefix}."
    return {name.removeprefix(start): tensor for name, tensor in tensors.items() if name.startswith(start)}
