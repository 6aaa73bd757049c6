"""Many networks of one architecture as one: weights stacked, the step mapped over them by `torch.func`.

A small network leaves most of a GPU idle; a hundred of them stacked cost little more than one. Each member keeps its
own weights, order of rows, learning rate, decay, schedule and early stopping, and becomes what it would have become
alone, but for rounding and for which units dropout silences.

Source: Horace He, Zou, functorch: JAX-like composable function transforms for PyTorch, 2021 (model ensembling).
"""

import copy
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from torch import Tensor, nn

from netwright.core.errors import RecipeError, RunError
from netwright.core.seeds import derive_seed
from netwright.core.values import Choice, EpochRecord, Task
from netwright.networks.layers.activations import FunctionActivation
from netwright.networks.layers.dropout import Dropouts, dropouts_of, scale_shares
from netwright.networks.layers.image import ImageLayer
from netwright.networks.layers.members import members_of
from netwright.networks.layers.series import SeriesLayer
from netwright.networks.layers.text import TextLayer
from netwright.training import early_stopping, schedules
from netwright.training.averaging import update_average
from netwright.training.batches import Batches, batch_sizes, epoch_order
from netwright.training.config import TrainingConfig, validate
from netwright.training.early_stopping import Patience
from netwright.training.factors import Treatment, treatments
from netwright.training.generators import seeded
from netwright.training.losses import loss_for
from netwright.training.optimizers import make_updater
from netwright.training.preflight import bring, check
from netwright.training.regularization import clip_by_value
from netwright.training.schedules import Plateau
from netwright.training.session import FitResult
from netwright.training.setbacks import DIVERGED, advice_on

ROWS_AT_ONCE = 4096  # of validation
KNOWN = ("torch.nn.", "netwright.networks.")  # modules whose shape their printed form tells in full


@dataclass
class Career:
    """How one member has fared."""

    number: int  # position among the members
    config: TrainingConfig
    patience: Patience = field(default_factory=Patience)
    plateau: Plateau = field(default_factory=Plateau)
    epochs: list[EpochRecord] = field(default_factory=list)
    stopped_because: str = ""


@dataclass
class Stack:
    """The members still in training; the first dimension of every tensor is the member."""

    skeleton: nn.Module  # without weights
    careers: list[Career]
    weights: dict[str, Tensor]
    buffers: dict[str, Tensor]
    average: dict[str, Tensor]
    best: dict[str, Tensor]
    treated: dict[str, Treatment]  # of each weight; a decay of 1 stands for the member's own
    steps: nn.ParameterDict  # what the optimizer moves: from 0 by one step at rate 1, then back to 0
    optimizers: tuple[torch.optim.Optimizer, ...]
    dropouts: Dropouts  # of the skeleton


def stack_key(module: nn.Module, config: TrainingConfig) -> Any:
    """Return what members of one stack have in common, or None for one that cannot be stacked.

    Members may differ in seed, learning rate and weight decay.
    """
    layers = list(module.modules())
    plain = all(type(layer).__module__.startswith(KNOWN) and type(layer) is not FunctionActivation for layer in layers)
    readers = (TextLayer, ImageLayer, SeriesLayer)  # these draw by themselves
    plain = plain and not any(isinstance(layer, readers) for layer in layers)
    trained = all(parameter.requires_grad for parameter in module.parameters())
    if not (plain and trained) or config.optimizer == "muon" or config.accumulate > 1 or config.monitor == "metric":
        return None
    try:
        validate(config)
    except RecipeError:
        return None  # training it alone will say what is wrong
    shapes = tuple((name, tensor.shape, tensor.dtype) for name, tensor in module.state_dict().items())
    common = replace(config, seed=0, learning_rate=1.0, weight_decay=float(config.weight_decay > 0.0))
    return repr(module), shapes, repr(common)


def fit_stacked(
    modules: Sequence[nn.Module],
    configs: Sequence[TrainingConfig],
    batches: Batches,
    task: Task,
    finished: Callable[[int, FitResult | RunError], object],
) -> None:
    """Train modules with one `stack_key` in place, each on all rows; `finished` hears of each as it ends.

    Args:
        modules: on the device to train on.
        configs: one a module.
        batches: shared by all.
        task: of the targets.
        finished: called with the position and the result, or with the error of one that diverged.
    """
    first = next(modules[0].parameters())
    check(modules[0], batches, configs[0], has_metric=False)
    batches = bring(batches, task, first.dtype, first.device)
    stack = _stack(modules, configs)
    started, epoch = time.monotonic(), 0
    with seeded(derive_seed(configs[0].seed, "dropout"), first.device):
        while stack.careers:
            epoch += 1
            losses = _run_epoch(stack, batches, task, epoch)
            _judge(stack, batches, task, losses, (epoch, time.monotonic() - started))
            _let_go(stack, modules, finished, time.monotonic() - started)


def _stack(modules: Sequence[nn.Module], configs: Sequence[TrainingConfig]) -> Stack:
    weights, buffers = torch.func.stack_module_state([module.train() for module in modules])
    weights = {name: weight.detach().clone() for name, weight in weights.items()}
    steps = nn.ParameterDict({name.replace(".", "/"): torch.zeros_like(weight) for name, weight in weights.items()})
    config, skeleton = replace(configs[0], learning_rate=1.0), copy.deepcopy(modules[0]).to("meta")
    return Stack(
        skeleton,
        [Career(number, config) for number, config in enumerate(configs)],
        weights,
        buffers,
        {} if config.ema_decay is None else {name: weight.clone() for name, weight in weights.items()},
        {name: tensor.clone() for name, tensor in (weights | buffers).items()},
        treatments(modules[0], replace(config, weight_decay=1.0)),
        steps,
        make_updater(steps, config).parts,
        dropouts_of(skeleton),
    )


def _run_epoch(stack: Stack, batches: Batches, task: Task, epoch: int) -> Tensor:
    """Take all steps of an epoch; return the members' mean losses over its rows."""
    config, members = stack.careers[0].config, len(stack.careers)
    device = batches.train_targets.device
    order = torch.stack([epoch_order(batches.rows, career.config.seed, epoch) for career in stack.careers]).to(device)
    sizes = batch_sizes(batches.rows, config.batch_size)
    total, start = torch.zeros(members, device=device, dtype=torch.float64), 0
    step_of = _mapped(stack, loss_for(config, task, batches.train_targets))
    stack.skeleton.train()
    for number, size in enumerate(sizes):
        rows = order[:, start : start + size]
        start += size
        inputs = tuple(part[rows] for part in batches.train_inputs)
        step, steps = (epoch - 1) * len(sizes) + number, config.epochs * len(sizes)
        silenced, decay = schedules.share_factors(step, step + 1, steps, config)
        if silenced:
            scale_shares(stack.dropouts, silenced[0])
        losses = _backward(stack, step_of, inputs, batches.train_targets[rows])
        _update(stack, _rates(stack, step, steps).to(device), step + 1, decay[0] if decay else 1.0)
        total += losses * size
    return total / batches.rows


def _mapped(stack: Stack, loss: Callable[[Tensor, Tensor], Tensor]) -> Callable[..., Tensor]:
    def of_one(weights: Any, buffers: Any, inputs: tuple[Tensor, ...], targets: Tensor) -> Tensor:
        return loss(torch.func.functional_call(stack.skeleton, (weights, buffers), inputs), targets)

    mapped: Callable[..., Tensor] = torch.func.vmap(of_one, randomness="different")
    return mapped


def _backward(stack: Stack, step_of: Callable[..., Tensor], inputs: tuple[Tensor, ...], targets: Tensor) -> Tensor:
    """Give each step its gradient: members do not touch each other, so one sum serves all."""
    leaves = {name: weight.requires_grad_() for name, weight in stack.weights.items()}
    losses = step_of(leaves, stack.buffers, inputs, targets)
    gradients = torch.autograd.grad(losses.sum(), list(leaves.values()))
    for (name, weight), gradient in zip(leaves.items(), gradients, strict=True):
        # Contiguous: torch's fused optimizers read a gradient as if it lay like its weight.
        stack.steps[name.replace(".", "/")].grad = gradient.contiguous()
        weight.requires_grad_(False)
    return losses.detach()


@torch.no_grad()
def _update(stack: Stack, rates: Tensor, step: int, share: float) -> None:
    """Take the optimizer's step at rate 1 away from 0, and move the weights along it at each member's own rate.

    `share` is the step's factor of the weight decay.
    Every rule but Muon's is element by element and linear in the rate, so this is its step.
    """
    config = stack.careers[0].config
    decay = torch.tensor([career.config.weight_decay * share for career in stack.careers]).to(rates)
    coupled = config.weight_decay_form == "coupled"
    every = [(stack.weights[name], stack.steps[name.replace(".", "/")], stack.treated[name]) for name in stack.weights]
    for weight, moved, treated in every if config.weight_decay else ():
        if treated.decay and coupled:
            assert moved.grad is not None
            moved.grad += _wide(treated.decay * decay, weight) * weight
        elif treated.decay:
            weight *= _wide(1.0 - treated.rate * rates * treated.decay * decay, weight)
    _clip(stack, config)
    for optimizer in stack.optimizers:
        optimizer.step()
    for weight, moved, treated in every:
        weight += _wide(treated.rate * rates, weight) * moved
        moved.zero_()
        if treated.l1:
            limit = _wide(treated.rate * rates * treated.l1, weight)
            weight.copy_(weight.sign() * (weight.abs() - limit).clamp(min=0.0))
    if config.ema_decay is not None:
        update_average(stack.average, list(stack.weights.values()), config.ema_decay, step)


def _clip(stack: Stack, config: TrainingConfig) -> None:
    """As for a single network, but each member has a norm of its own."""
    if config.clip_value is not None:
        clip_by_value(list(stack.steps.values()), config.clip_value)
    if config.clip_norm is not None:
        gradients = [step.grad for step in stack.steps.values() if step.grad is not None]
        squares = torch.stack([gradient.square().flatten(1).sum(1) for gradient in gradients])
        factors = torch.clamp(config.clip_norm / (squares.sum(0).sqrt() + 1e-6), max=1.0)
        for gradient in gradients:
            gradient *= _wide(factors, gradient)


def _wide(numbers: Tensor, like: Tensor) -> Tensor:
    """Give each member's number the dimensions of its weights."""
    return numbers.to(like).view(-1, *[1] * (like.ndim - 1))


def _rates(stack: Stack, step: int, total: int) -> Tensor:
    factor = schedules.schedule_factor(step, total, stack.careers[0].config)
    rates = [career.config.learning_rate * career.plateau.factor * factor for career in stack.careers]
    return torch.tensor(rates, dtype=torch.float64)


@torch.no_grad()
def _validate(stack: Stack, batches: Batches, task: Task) -> list[float] | None:
    """Return each member's loss on the validation rows, by the averaged weights where there are any."""
    inputs, targets = batches.validation_inputs, batches.validation_targets
    if inputs is None or targets is None:
        return None
    stack.skeleton.eval()

    def logits_of(weights: Any, buffers: Any, rows: tuple[Tensor, ...]) -> Any:
        return torch.func.functional_call(stack.skeleton, (weights, buffers), rows)

    of_all = torch.func.vmap(logits_of, in_dims=(0, 0, None))
    weights, rows = stack.average or stack.weights, max(1, ROWS_AT_ONCE // members_of(stack.skeleton))
    blocks = [tuple(part[at : at + rows] for part in inputs) for at in range(0, len(targets), rows)]
    logits = torch.cat([of_all(weights, stack.buffers, block) for block in blocks], dim=1)
    loss = loss_for(stack.careers[0].config, task, batches.train_targets)
    return [loss(member, targets).item() for member in logits]


def _judge(stack: Stack, batches: Batches, task: Task, losses: Tensor, when: tuple[int, float]) -> None:
    """Write each member's record, keep its weights if they are its best so far, and say who ends."""
    (epoch, seconds), train, validation = when, losses.tolist(), _validate(stack, batches, task)
    steps = epoch * len(batch_sizes(batches.rows, stack.careers[0].config.batch_size))
    rates, better = _rates(stack, steps - 1, stack.careers[0].config.epochs * steps // epoch).tolist(), []
    for place, career in enumerate(stack.careers):
        held_out = None if validation is None else validation[place]
        best = _judge_one(career, epoch, train[place], held_out)
        better.append(best)
        record = EpochRecord(epoch, steps, train[place], rates[place], held_out, None, seconds, best)
        career.epochs.append(record)
    chosen = torch.tensor(better, device=losses.device)
    for name, tensor in (stack.weights | stack.buffers | stack.average).items():
        mask = chosen.view(-1, *[1] * (tensor.ndim - 1))
        stack.best[name] = torch.where(mask, tensor, stack.best[name])


def _judge_one(career: Career, epoch: int, train_loss: float, validation_loss: float | None) -> bool:
    """Take in one epoch; return whether it is the best so far."""
    config, watched = career.config, train_loss if validation_loss is None else validation_loss
    if not (math.isfinite(train_loss) and math.isfinite(watched)):
        career.stopped_because = f"{DIVERGED}: the loss was not finite in epoch {epoch}"
        return False
    if validation_loss is None:
        career.patience = Patience(train_loss, epoch)
    else:
        career.patience = early_stopping.after_epoch(career.patience, epoch, validation_loss, False)
    if config.schedule == "plateau":
        career.plateau = schedules.after_epoch(career.plateau, watched, config)
    career.stopped_because = early_stopping.why_stop(career.patience, epoch, config.epochs, config)
    if not career.stopped_because and epoch >= config.epochs:
        career.stopped_because = f"all {epoch} planned epochs are done"
    return career.patience.best_epoch == epoch


def _let_go(
    stack: Stack, modules: Sequence[nn.Module], finished: Callable[[int, FitResult | RunError], object], seconds: float
) -> None:
    """Give those that end their best weights, and go on with the others."""
    staying = [place for place, career in enumerate(stack.careers) if not career.stopped_because]
    for place, career in enumerate(stack.careers):
        if career.stopped_because:
            finished(career.number, _result(stack, place, modules[career.number], seconds))
    if len(staying) == len(stack.careers):
        return
    stack.careers = [stack.careers[place] for place in staying]
    chosen = torch.tensor(staying, dtype=torch.long, device=next(iter(stack.weights.values())).device)
    for tensors in (stack.weights, stack.buffers, stack.average, stack.best):
        tensors.update({name: tensor[chosen] for name, tensor in tensors.items()})
    for optimizer in stack.optimizers:
        for step in stack.steps.values():
            kept = {name: _kept(value, step, chosen) for name, value in optimizer.state.get(step, {}).items()}
            optimizer.state[step] = kept
    for step in stack.steps.values():
        step.grad, step.data = None, step.data[chosen]


def _kept(value: Any, step: Tensor, chosen: Tensor) -> Any:
    """Choose among the members in what an optimizer remembers; its count of steps is everybody's."""
    return value[chosen] if isinstance(value, Tensor) and value.shape == step.shape else value


def _result(stack: Stack, place: int, module: nn.Module, seconds: float) -> FitResult | RunError:
    career = stack.careers[place]
    if not career.patience.best_epoch:
        return RunError(f"{career.stopped_because}, before any epoch was finished; {advice_on(career.config)}")
    module.load_state_dict({name: stack.best[name][place] for name in module.state_dict()})
    module.eval()
    value = career.patience.best_value
    return FitResult(
        epochs=tuple(career.epochs),
        steps=career.epochs[-1].step,
        best_epoch=career.patience.best_epoch,
        best_value=math.nan if value is None else value,
        stopped_because=career.stopped_because,
        seconds=seconds,
        planned_epochs=career.config.epochs,
        engine=Choice("training.engine", "stacked", "networks of one architecture train as one on a GPU"),
    )
